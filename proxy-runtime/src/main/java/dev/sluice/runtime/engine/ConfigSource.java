package dev.sluice.runtime.engine;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

import dev.sluice.runtime.observe.ConfigFileView;

/**
 * The origin of a configuration.
 *
 * @param name the file, or {@code configuration} for a text
 * @param sha256 the hash of all texts that it consists of, in hexadecimal digits
 */
public record ConfigSource(String name, String sha256) {
    /** The origin of a configuration with these texts. */
    public static ConfigSource of(String name, List<ConfigFileView> files) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            files.forEach(file -> sha.update(file.text().getBytes(StandardCharsets.UTF_8)));
            return new ConfigSource(name, HexFormat.of().formatHex(sha.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
