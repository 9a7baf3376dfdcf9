package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One entry of the plugins directory: a directory with JARs, or a JAR. Nothing of it has been read.
 *
 * @param root the plugins directory, without symbolic links
 * @param location as users know it
 */
record PluginFiles(Path root, Path location) {
    private static final String JAR = ".jar";

    /**
     * What there is, by name. Hidden entries and files that are no JARs are somebody's notes, not plugins.
     *
     * @throws RefusedException if there is no such directory; the subject of the sentence is the plugins directory
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
        boolean leadsNowhere = Files.isSymbolicLink(entry) && !Files.exists(entry);
        return isJar(entry) || Files.isDirectory(entry) || leadsNowhere;
    }

    /** As users call it. */
    String name() {
        String name = String.valueOf(location.getFileName());
        return Sentences.plain(isJar(location) ? name.substring(0, name.length() - JAR.length()) : name);
    }

    /**
     * Its JARs, without symbolic links, by name.
     *
     * @throws RefusedException if one of them, or the whole, is somewhere else, or there is none
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

    /** Links within the plugins directory are a way to switch versions; whoever follows others would read what nobody has put there. */
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
        String reason = e instanceof FileSystemException file ? Sentences.reason(file) : String.valueOf(e.getMessage());
        return new RefusedException("cannot be read: " + reason, e);
    }

    /** The order does not depend on the file system. */
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
