package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Configurations of the peers, and the sources of their settings. */
class PeersTest {
    @TempDir
    private Path directory;

    /** Lines that are neither comments nor brackets nor headings of a section. */
    private static List<String> settings(String config) {
        return config.lines().map(String::strip)
                .filter(line -> !line.startsWith("#") && !line.endsWith("{") && !line.equals("}")
                        && !List.of("global", "defaults", "listen bench").contains(line))
                .toList();
    }

    @Test
    void haproxySplicesInBothDirectionsInTheBulkSectionOnly() throws IOException {
        Haproxy.splicing("haproxy", directory, 1234, Peers.CONNECTIONS);
        List<String> bulk = settings(Files.readString(directory.resolve("haproxy.cfg")));
        assertTrue(bulk.containsAll(
                List.of("option splice-auto", "option splice-request", "option splice-response", "maxpipes 64",
                        "tune.pipesize 1048576",
                        "maxconn 9500", "server upstream 127.0.0.1:1234")),
                bulk::toString);
        Haproxy.copying(directory, 1234, Peers.CONNECTIONS, directory.resolve("stats"));
        String copying = Files.readString(directory.resolve("haproxy.cfg"));
        assertFalse(copying.contains("splice"), copying);
        assertTrue(copying.contains("stats socket " + directory.resolve("stats") + "\n"), copying);
    }

    @Test
    void everyLineOfAConfigurationHasItsReasonAboveIt() throws IOException {
        Nginx.launch(directory, 1234);
        List<String> lines = Files.readAllLines(directory.resolve("nginx/nginx.conf"));
        for (String line : settings(String.join("\n", lines))) {
            int at = lines.stream().map(String::strip).toList().indexOf(line);
            assertTrue(lines.get(at - 1).strip().startsWith("# "), line);
        }
    }

    @Test
    void buffersOfNginxAreLargeForBulkAndSmallInAPeerOfItsOwn() throws IOException {
        Nginx.launchLarge(directory, 1234);
        assertTrue(Files.readString(directory.resolve("nginx/nginx.conf")).contains("proxy_buffer_size 256k;"));
        Nginx.launchSmall(directory, 1234);
        Nginx.launch(directory, 1234);
        assertTrue(Files.readString(directory.resolve("nginx-4k/nginx.conf")).contains("proxy_buffer_size 4k;"));
        assertFalse(Files.readString(directory.resolve("nginx/nginx.conf")).contains("proxy_buffer_size"));
    }

    @Test
    void everySettingHasAReasonAndASource() {
        for (Setting setting : Peers.settings()) {
            assertFalse(setting.why().isBlank(), setting::toString);
            assertFalse(setting.source().isBlank(), setting::toString);
        }
    }

    @Test
    void wordsInCapitalsAreFilledInAndDefaultsAreNotWritten() {
        String lines = Setting.lines(List.of(Setting.of("x", "listen PORT;", "why", "where"),
                Setting.kept("x", "kept PORT", "why", "where")), "  ", Map.of("PORT", "80"));
        assertEquals("  # why (where)\n  listen 80;\n", lines);
    }
}
