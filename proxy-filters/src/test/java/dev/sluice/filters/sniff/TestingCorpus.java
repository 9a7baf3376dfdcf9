package dev.sluice.filters.sniff;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * The inputs of a fuzzer that are kept, as text: one in a line, in hexadecimal digits, below what is said about it
 * behind {@code #}.
 */
final class TestingCorpus {
    private static final HexFormat HEX = HexFormat.of();

    private TestingCorpus() {}

    /** The inputs of {@code corpus/<name>.hex}. */
    static List<byte[]> read(String name) {
        try (InputStream in = TestingCorpus.class.getResourceAsStream("/corpus/" + name + ".hex")) {
            if (in == null) {
                throw new IllegalArgumentException("no corpus " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#")).map(HEX::parseHex).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
