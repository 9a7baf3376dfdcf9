package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The names of a hosts file, each with all of its addresses: the library's parser has only the first one of each type.
 * Immutable.
 */
final class HostsFile {
    static final HostsFile EMPTY = new HostsFile(Map.of());

    private final Map<String, List<InetAddress>> addresses;

    private HostsFile(Map<String, List<InetAddress>> addresses) {
        this.addresses = addresses;
    }

    static HostsFile read(Path file) throws IOException {
        Map<String, List<InetAddress>> addresses = new HashMap<>();
        // ISO-8859-1 has every byte: a comment in another encoding does not matter.
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String[] words = line.replaceFirst("#.*", "").strip().split("\\s+", -1);
            if (words.length < 2) {
                continue;
            }
            InetAddress address;
            try {
                address = InetAddress.ofLiteral(words[0]);
            } catch (IllegalArgumentException e) {
                continue;
            }
            for (int i = 1; i < words.length; i++) {
                List<InetAddress> known = addresses.computeIfAbsent(key(words[i]), name -> new ArrayList<>(1));
                if (!known.contains(address)) {
                    known.add(address);
                }
            }
        }
        return new HostsFile(addresses);
    }

    List<InetAddress> addresses(String name) {
        return addresses.getOrDefault(key(name), List.of());
    }

    private static String key(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
