package dev.sluice.runtime.wiring;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import dev.sluice.runtime.config.FileStamp;

/**
 * The digests of the files that a filter has resolved, at that time: a filter whose files have changed is not the same
 * filter. A file that changes between the digest and the filter's own read only makes it look changed. Any thread.
 */
final class FileDigests {
    private static final String MISSING = "missing";
    /** The most bytes that are compared; a larger file always counts as changed. */
    private static final long MOST_BYTES = 64L << 20;

    /**
     * A file.
     *
     * @param digest of its content; empty = not to be compared
     * @param stamp its state before the digest was made
     */
    private record Entry(String digest, FileStamp stamp) {}

    private final Map<Path, Entry> entries = new ConcurrentHashMap<>();

    void add(Path file) {
        entries.computeIfAbsent(file, key -> {
            FileStamp stamp = FileStamp.of(key);
            return new Entry(digest(key), stamp);
        });
    }

    /** Whether every file is as it was. */
    boolean areUnchanged() {
        return entries.entrySet().stream().allMatch(entry -> !entry.getValue().digest.isEmpty()
                && entry.getValue().digest.equals(digest(entry.getKey())));
    }

    /** The state of each file when it was resolved. */
    Map<Path, FileStamp> stamps() {
        return entries.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().stamp));
    }

    private static String digest(Path file) {
        try {
            if (!Files.exists(file)) {
                return MISSING;
            }
            if (!Files.isRegularFile(file) || Files.size(file) > MOST_BYTES) {
                return "";
            }
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[1 << 16];
            try (InputStream in = Files.newInputStream(file)) {
                for (int read = in.read(block); read >= 0; read = in.read(block)) {
                    sha.update(block, 0, read);
                }
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (IOException e) {
            return "";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
