package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.api.config.ConfigException;

/**
 * A directory of certificates: each file {@code NAME.pem} or {@code NAME.crt} is one, with its chain, and {@code NAME.key} beside it has its
 * key; where there is no such file, the key is in the same file. Everything else, and names that begin with a dot, is no business of the proxy.
 */
final class CertificateDirectory {
    /** Each takes a signature to check at every reload. */
    private static final int MOST = 10_000;
    private static final List<String> ENDINGS = List.of(".pem", ".crt");

    /** The files of one certificate. */
    record Pair(Path certificate, Path key) {}

    private CertificateDirectory() {}

    /**
     * The files in a directory, by name.
     *
     * @throws ConfigException about the key {@code directory}
     */
    static List<Pair> pairs(Path directory) {
        List<Path> files = new ArrayList<>();
        if (!Files.isDirectory(directory)) {
            throw refusal(directory + (Files.exists(directory) ? " is no directory" : " does not exist"));
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            all.forEach(files::add);
        } catch (IOException | DirectoryIteratorException e) {
            throw refusal(directory + " cannot be read: " + e.getMessage());
        }
        Collections.sort(files);
        List<Pair> pairs = new ArrayList<>();
        Set<Path> keys = new HashSet<>();
        for (Path file : files) {
            String name = nameOf(file);
            if (name.isEmpty() || !Files.isRegularFile(file)) {
                continue;
            }
            Path key = directory.resolve(name + ".key");
            if (!Files.exists(key)) {
                pairs.add(new Pair(file, file));
            } else if (keys.add(key)) {
                pairs.add(new Pair(file, key));
            } else {
                throw refusal(key + " is the key of two files, NAME.crt and NAME.pem");
            }
        }
        if (pairs.size() > MOST) {
            throw refusal(directory + " has " + pairs.size() + " certificates; more than " + MOST + " are not served");
        }
        return pairs;
    }

    private static ConfigException refusal(String what) {
        return new ConfigException("directory", what, "a directory with NAME.pem or NAME.crt and, beside it, NAME.key",
                null);
    }

    /** The name of a file of a certificate without its ending; empty = it is another file. */
    private static String nameOf(Path file) {
        String name = String.valueOf(file.getFileName());
        for (String ending : ENDINGS) {
            if (name.endsWith(ending) && !name.startsWith(".")) {
                return name.substring(0, name.length() - ending.length());
            }
        }
        return "";
    }
}
