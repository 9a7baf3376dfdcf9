package dev.sluice.runtime.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The files that an {@code include:} pattern names. {@code * ? [a-z] {a,b}} work within one segment of the path, as in
 * a shell; a name that begins with a dot is matched only by a pattern that begins with one, which excludes lock and
 * swap files of editors.
 */
final class IncludePattern {
    private static final Pattern WILDCARD = Pattern.compile("[*?\\[{]");

    private IncludePattern() {}

    static boolean hasWildcard(String pattern) {
        return WILDCARD.matcher(pattern).find();
    }

    /**
     * The regular files that match, in the order of their paths; none for a directory that does not exist.
     *
     * @throws IOException if a directory cannot be listed
     * @throws IllegalArgumentException if the pattern is malformed
     */
    static List<Path> expand(Path directory, String pattern) throws IOException {
        if (pattern.contains("**")) {
            throw new IllegalArgumentException("'**' is not supported");
        }
        Path given = Path.of(pattern);
        Path root = given.getRoot();
        // The directory is the configuration's, taken literally; only the text that was written is a pattern.
        List<Path> found = List.of(root == null ? directory : root);
        for (Path segment : given) {
            found = step(found, segment.toString());
        }
        return found.stream().filter(Files::isRegularFile).sorted().toList();
    }

    private static List<Path> step(List<Path> directories, String segment) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path directory : directories) {
            if (!hasWildcard(segment)) {
                found.add(directory.resolve(segment));
                continue;
            }
            PathMatcher matcher = directory.getFileSystem().getPathMatcher("glob:" + segment);
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    Path name = Objects.requireNonNull(entry.getFileName());
                    if (matcher.matches(name) && (!name.toString().startsWith(".") || segment.startsWith("."))) {
                        found.add(directory.resolve(name));
                    }
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return found;
    }
}
