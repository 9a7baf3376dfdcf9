package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An entry of the plugins directory: a directory with JARs, or a JAR. It has not been read yet.
 *
 * @param root the plugins directory, without symbolic links
 * @param location as users know it
 */
record PluginFiles(Path root, Path location) {
    private static final String JAR = ".jar";

    /**
     * The plugins of a directory, by name. Hidden entries and files that are not JARs are ignored.
     *
     * @throws RefusedException if there is no such directory; its sentence is about the plugins directory
     */
    static List<PluginFiles> in(Path directory) throws RefusedException {
        try {
            Path root = directory.toRealPath();
            return list(directory).stream().filter(PluginFiles::isPlugin).map(entry -> new PluginFiles(root, entry))
                    .toList();
        } catch (NoSuchFileException e) {
            throw new RefusedException("does not exist: create it, or name another one", e);
        } catch (NotDirectoryException e) {
            throw new RefusedException("is not a directory", e);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static boolean isPlugin(Path entry) {
        boolean dangling = Files.isSymbolicLink(entry) && !Files.exists(entry);
        return isJar(entry) || Files.isDirectory(entry) || dangling;
    }

    /** The name of the plugin for users. */
    String name() {
        String name = String.valueOf(location.getFileName());
        return Sentences.plain(isJar(location) ? name.substring(0, name.length() - JAR.length()) : name);
    }

    /**
     * Its JARs, without symbolic links, by name.
     *
     * @throws RefusedException if one of them, or the plugin itself, is outside of the plugins directory, or there is
     *     no JAR
     */
    List<Path> jars() throws RefusedException {
        try {
            Path real = inside(location);
            if (!Files.isDirectory(real)) {
                return List.of(real);
            }
            List<Path> jars = new ArrayList<>();
            for (Path entry : list(location)) {
                if (isJar(entry)) {
                    jars.add(inside(entry));
                }
            }
            if (jars.isEmpty()) {
                throw new RefusedException("has no JAR in its directory: put its JARs there, or remove the directory");
            }
            return jars;
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /**
     * The real path of an entry. Links within the plugins directory are a way to switch versions; others are refused,
     * because they lead to files that were not put there.
     */
    private Path inside(Path entry) throws IOException, RefusedException {
        String what = entry.equals(location)
                ? ""
                : "has " + Sentences.plain(String.valueOf(entry.getFileName()))
                        + ", which ";
        Path real;
        try {
            real = entry.toRealPath();
        } catch (NoSuchFileException e) {
            throw new RefusedException(what + "is a symbolic link that leads nowhere", e);
        }
        if (!real.startsWith(root)) {
            throw new RefusedException(what + "leads out of the plugins directory, to "
                    + Sentences.plain(real.toString()) + ": put a copy in place of the symbolic link");
        }
        return real;
    }

    private static RefusedException unreadable(IOException e) {
        return new RefusedException("cannot be read: " + Sentences.reason(e), e);
    }

    /** The entries of a directory, in an order that does not depend on the file system. */
    private static List<Path> list(Path directory) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory,
                entry -> !String.valueOf(entry.getFileName()).startsWith("."))) {
            stream.forEach(entries::add);
        }
        entries.sort((a, b) -> String.valueOf(a.getFileName()).compareTo(String.valueOf(b.getFileName())));
        return entries;
    }

    private static boolean isJar(Path entry) {
        return String.valueOf(entry.getFileName()).toLowerCase(Locale.ROOT).endsWith(JAR);
    }
}
