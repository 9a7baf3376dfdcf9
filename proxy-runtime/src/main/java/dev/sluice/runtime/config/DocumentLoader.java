package dev.sluice.runtime.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.observe.ConfigFileView;
import dev.sluice.runtime.text.FileErrors;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.yaml.Node;
import dev.sluice.runtime.yaml.NodePath;
import dev.sluice.runtime.yaml.SourceText;
import dev.sluice.runtime.yaml.YamlReader;
import org.jspecify.annotations.Nullable;

/** A loader of a source and all that it includes. Used by one thread, for one load. */
final class DocumentLoader {
    /** The most bytes of one file. */
    static final int MAX_FILE = 4 << 20;
    /** The most bytes of all files of a load. */
    static final int MAX_TOTAL = 16 << 20;
    /** The most levels of includes. */
    static final int MAX_INCLUDES_DEEP = 8;

    private final Context context;
    private final Problems problems;
    private final FilesRead dependencies;
    private final @Nullable TestChanges changes;
    private final YamlReader.Budget budget = new YamlReader.Budget();
    private final List<Section> documents = new ArrayList<>();
    private final List<ConfigFileView> files = new ArrayList<>();
    private final Set<Path> read = new HashSet<>();
    private final Deque<Path> open = new ArrayDeque<>();
    private int sources;
    private int totalBytes;
    private boolean complete = true;

    DocumentLoader(Context context) {
        this(context, new FilesRead(), null);
    }

    /**
     * A loader for one load.
     *
     * @param dependencies gets the files that the load depends on
     * @param changes those of a test; null = none
     */
    DocumentLoader(Context context, FilesRead dependencies, @Nullable TestChanges changes) {
        this.changes = changes;
        this.dependencies = dependencies;
        this.context = context;
        this.problems = context.problems();
    }

    /**
     * The files that were read, the including file before the included ones.
     *
     * @param complete false if some source could not be read, which may have the parts that seem to be missing
     * @param files the texts of {@code roots}
     */
    record Documents(List<Section> roots, Section main, boolean complete, List<ConfigFileView> files) {}

    Documents load(Path file) {
        SourceText main = read(file, null);
        return main == null ? nothing(new SourceText(file.toString(), 0, "")) : documents(main, file);
    }

    Documents parse(String text, String name) {
        if (text.length() > MAX_FILE) {
            SourceText empty = new SourceText(name, 0, "");
            problems.add(empty.whole(), NodePath.ROOT, "the text has more than " + Quantities.show(MAX_FILE),
                    "at most "
                            + Quantities.show(MAX_FILE),
                    null);
            return nothing(empty);
        }
        return documents(new SourceText(name, sources++, text), null);
    }

    private Documents documents(SourceText read, @Nullable Path file) {
        SourceText main = changes == null ? read : changes.text(read);
        include(main, file);
        return documents.isEmpty() ? nothing(main) : new Documents(documents, documents.getFirst(), complete, files);
    }

    private Documents nothing(SourceText source) {
        Section empty = Section.of(context, Section.nothing(source.start()), NodePath.ROOT);
        return new Documents(List.of(), empty, false, List.of());
    }

    private void include(SourceText source, @Nullable Path file) {
        Node root = YamlReader.read(source, problems, budget);
        if (root == null) {
            complete = false;
            return;
        }
        Section section = Section.of(context, changes == null ? root : changes.root(root), NodePath.ROOT);
        documents.add(section);
        files.add(new ConfigFileView(source.name(), source.text()));
        if (file != null) {
            open.push(identity(file));
        }
        includes(section).forEach(pattern -> include(pattern, file));
        if (file != null) {
            open.pop();
        }
    }

    private List<Section.Parsed<String>> includes(Section section) {
        Node node = section.node("include");
        NodePath path = section.path().key("include");
        List<Node> items = node instanceof Node.Sequence sequence
                ? sequence.items()
                : node == null ? List.of() : List.of(node);
        List<Section.Parsed<String>> patterns = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Section.Parsed<String> pattern = Section.read(context, items.get(i),
                    node instanceof Node.Sequence ? path.index(i) : path, Scalars::text);
            if (pattern != null) {
                patterns.add(pattern);
            }
        }
        return patterns;
    }

    private void include(Section.Parsed<String> pattern, @Nullable Path from) {
        boolean wildcard = IncludePattern.hasWildcard(pattern.value());
        for (Path file : files(pattern, from)) {
            Path identity = identity(file);
            if (wildcard && identity.equals(open.peek())) {
                // A pattern that also matches its own file means the others.
                continue;
            }
            if (open.contains(identity)) {
                refuse(pattern,
                        "this includes " + Printable.quote(file.toString()) + ", which includes this file",
                        null);
            } else if (open.size() >= MAX_INCLUDES_DEEP) {
                refuse(pattern, "this include is nested too deeply",
                        "at most " + MAX_INCLUDES_DEEP + " levels of includes");
            } else if (!read.contains(identity)) {
                SourceText source = read(file, pattern);
                if (source != null) {
                    include(source, file);
                }
            }
        }
    }

    private List<Path> files(Section.Parsed<String> pattern, @Nullable Path from) {
        try {
            Path written = Path.of(pattern.value());
            if (from == null && !written.isAbsolute()) {
                refuse(pattern, "a configuration given as text has no directory to include from", "an absolute path");
                return List.of();
            }
            Path directory = from == null || from.getParent() == null ? Path.of("") : from.getParent();
            if (IncludePattern.hasWildcard(pattern.value())) {
                dependencies.addPattern(directory, pattern.value());
            }
            return IncludePattern.hasWildcard(pattern.value())
                    ? IncludePattern.expand(directory, pattern.value())
                    : List.of(directory.resolve(written));
        } catch (IllegalArgumentException e) {
            refuse(pattern,
                    Printable.quote(pattern.value()) + " is not a path or a pattern of paths: " + e.getMessage(),
                    "a path, with * ? [a-z] {a,b} within its segments");
        } catch (IOException e) {
            refuse(pattern,
                    "cannot list the files of " + Printable.quote(pattern.value()) + ": " + FileErrors.reason(e), null);
        }
        return List.of();
    }

    /** The decoded file, or null with a problem noted, at the include if there is one. */
    private @Nullable SourceText read(Path file, Section.@Nullable Parsed<String> includedBy) {
        String name = file.toString();
        SourceText unread = new SourceText(name, sources, "");
        read.add(identity(file));
        dependencies.add(file);
        String what;
        String allowed = null;
        try {
            // The first file may be a pipe that the shell made. One in a directory of configurations would wait for a writer, for ever.
            if (includedBy != null && Files.exists(file) && !Files.isRegularFile(file)) {
                throw new FileSystemException(name, null, "it is not a regular file");
            }
            byte[] bytes = bytes(file);
            if (bytes != null && (totalBytes += bytes.length) <= MAX_TOTAL) {
                SourceText source = SourceText.decode(file, sources++, bytes, problems);
                complete &= source != null;
                return source;
            }
            what = bytes == null
                    ? "the file is larger than a configuration can be"
                    : "the files together are larger than a configuration can be";
            allowed = "at most " + Quantities.show(MAX_FILE) + " in a file and " + Quantities.show(MAX_TOTAL)
                    + " in all";
        } catch (IOException e) {
            what = "cannot read the file: " + FileErrors.reason(e);
        }
        complete = false;
        if (includedBy == null) {
            problems.add(unread.whole(), NodePath.ROOT, what, allowed, null);
        } else {
            problems.add(includedBy.at(), includedBy.path(), Printable.quote(name) + ": " + what, allowed, null);
        }
        return null;
    }

    /** The bytes of a file; null if there are too many. The size is checked first, so that a huge file is not read. */
    static byte @Nullable [] bytes(Path file) throws IOException {
        if (Files.isRegularFile(file) && Files.size(file) > MAX_FILE) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE + 1);
            return bytes.length > MAX_FILE ? null : bytes;
        }
    }

    private void refuse(Section.Parsed<String> pattern, String what, @Nullable String allowed) {
        complete = false;
        problems.add(pattern.at(), pattern.path(), what, allowed, null);
    }

    private static Path identity(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file.toAbsolutePath().normalize();
        }
    }
}
