package dev.sluice.runtime.observe;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.json.HostileText;
import dev.sluice.runtime.tls.Peer;
import dev.sluice.runtime.tls.Session;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AccessLogFormatTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final List<String> CONTRACT = List.of("time", "event", "id", "listener", "client", "peer",
            "proxied_source", "endpoint", "cluster", "route", "protocol", "sni", "sni_invalid", "alpn", "bytes_up",
            "bytes_down", "duration_ms", "connect_ms", "close_reason", "closed_by", "filter", "detail", "generation",
            "proxy_tlvs", "tls_version", "tls_cipher", "client_subject", "client_san", "tls", "upstream_tls_version",
            "upstream_tls_cipher");

    static AccessEntry entry(String listener, @Nullable String endpoint, @Nullable String cluster, long connectNanos) {
        return entry(listener, endpoint, cluster, Findings.NONE, connectNanos);
    }

    private static AccessEntry entry(String listener, @Nullable String endpoint, @Nullable String cluster,
            Findings findings, long connectNanos) {
        return new AccessEntry(
                AccessEvent.END,
                1_753_440_000_007L,
                42,
                listener,
                new InetSocketAddress("192.0.2.7", 50123),
                null,
                endpoint,
                cluster,
                findings,
                1024,
                1 << 30,
                1_500_250_000L,
                connectNanos,
                CloseReason.CLIENT_RESET,
                3);
    }

    @Test
    void json() {
        assertEquals(
                "{\"time\":\"2025-07-25T10:40:00.007Z\",\"event\":\"end\",\"id\":42,\"listener\":\"edge\","
                        + "\"client\":\"192.0.2.7:50123\",\"peer\":\"192.0.2.7:50123\",\"proxied_source\":null,"
                        + "\"endpoint\":\"10.0.0.1:443\",\"cluster\":\"web\",\"route\":null,\"protocol\":null,\"sni\":null,"
                        + "\"sni_invalid\":null,\"alpn\":null,\"bytes_up\":1024,\"bytes_down\":1073741824,"
                        + "\"duration_ms\":1500.250,\"connect_ms\":0.412,\"close_reason\":\"client-reset\","
                        + "\"closed_by\":\"client\",\"filter\":null,\"detail\":null,\"generation\":3,\"proxy_tlvs\":null,\"tls_version\":null,"
                        + "\"tls_cipher\":null,\"client_subject\":null,\"client_san\":null,\"tls\":null,"
                        + "\"upstream_tls_version\":null,\"upstream_tls_cipher\":null}",
                line(AccessLogFormat.json(), entry("edge", "10.0.0.1:443", "web", 412_999)));
    }

    @Test
    void whatFiltersHaveFoundOut() {
        Findings findings = new Findings("tls", "www.example.com", "a:443", "h2,http/1.1", "routes[1]", "guard",
                "too curious", new Session("TLSv1.3", "TLS_AES_128_GCM_SHA256", "h2", "www.example.com", null), false,
                new Session("TLSv1.2", "TLS_AES_256_GCM_SHA384", null, null, null));
        assertTrue(line(AccessLogFormat.json(), entry("edge", null, null, findings, -1)).contains(
                "\"protocol\":\"tls\",\"sni\":\"www.example.com\",\"sni_invalid\":\"a:443\",\"alpn\":\"h2,http/1.1\""));
        assertEquals("terminated TLSv1.2 TLS_AES_256_GCM_SHA384",
                line(AccessLogTemplate.parse("$tls $upstream_tls_version $upstream_tls_cipher"),
                        entry("edge", null, null, findings, -1)));
        assertEquals("passthrough",
                line(AccessLogTemplate.parse("$tls"), entry("edge", null, null,
                        new Findings("tls", "a", null, null, null, null, null, null, true, null), -1)));
        assertEquals("tls www.example.com a:443 h2,http/1.1 guard too curious routes[1] TLSv1.3 TLS_AES_128_GCM_SHA256",
                line(AccessLogTemplate
                        .parse("$protocol $sni $sni_invalid $alpn $filter $detail $route $tls_version $tls_cipher"),
                        entry("edge", null, null, findings, -1)).replace("\\x20", " "));
    }

    @Test
    void theNamesInTheCertificateOfTheClient() {
        Findings findings = new Findings(null, null, null, null, null, null, null, new Session("TLSv1.3",
                "TLS_AES_128_GCM_SHA256", null, null, new Peer("CN=a b", List.of("a.example", "spiffe://x/a"))), false,
                null);
        assertEquals("CN=a\\x20b a.example,spiffe://x/a", line(AccessLogTemplate.parse("$client_subject $client_san"),
                entry("edge", null, null, findings, -1)));
    }

    /** Fault 51: names and texts come from clients and plugins. */
    @Test
    void noFindingBreaksALine() {
        Random random = new Random(52);
        for (int i = 0; i < 20_000; i++) {
            String text = HostileText.next(random);
            AccessEntry entry = entry("edge", null, null, new Findings(text, text, text, text, text, text, text),
                    -1);
            String json = line(AccessLogFormat.json(), entry);
            assertTrue(json.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029));
            JsonNode parsed = MAPPER.readTree(json.getBytes(StandardCharsets.UTF_8));
            for (String field : List.of("protocol", "sni", "sni_invalid", "alpn", "filter", "detail", "route")) {
                assertEquals(HostileText.encodable(text), parsed.get(field).asString());
            }
            String line = line(AccessLogTemplate.DEFAULT, entry);
            assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7f), line);
            assertEquals(CONTRACT.size(), line.split(" ", -1).length, line);
        }
    }

    @Test
    void text() {
        assertEquals(
                "2025-07-25T10:40:00.007Z end 42 edge 192.0.2.7:50123 192.0.2.7:50123 - - - - - - - - 1024 1073741824 1500.250 -"
                        + " client-reset client - - 3 - - - - - - - -",
                line(AccessLogTemplate.DEFAULT, entry("edge", null, null, -1)));
    }

    @Test
    void aConnectionThatGoesOnHasNoReason() {
        AccessEntry open = AccessEntry.now(AccessEvent.PERIODIC, 42, "edge", new InetSocketAddress("192.0.2.7", 50123),
                null, "10.0.0.1:443", "web", Findings.NONE, 1, 2, 3_000_000, 4_000_000, null, 1);
        assertTrue(line(AccessLogFormat.json(), open).contains("\"close_reason\":null,\"closed_by\":null"));
        assertEquals("periodic 1 2 3.000 4.000 - -", line(AccessLogTemplate.parse(
                "$event $bytes_up $bytes_down $duration_ms $connect_ms $close_reason $closed_by"), open));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "$id|42",
        "a $id b|a 42 b",
        "$$$id$$|$42$",
        "${id}0|420",
        "\"$listener\" ${client}|\"edge\" 192.0.2.7:50123",
        "$id$id|4242"})
    void templates(String template, String expected) {
        assertEquals(expected, line(AccessLogTemplate.parse(template), entry("edge", null, null, -1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "$id $clinet|the access log template names the unknown field $clinet at character 5; allowed: $time $event $id $listener",
        "$ids|names the unknown field $ids at character 1",
        "$id $|has a dollar sign without a field name at character 5; a dollar sign itself is written $$; fields: $time",
        "$id ${client|has \"${\" without \"}\" at character 5",
        "$id $Client|names the unknown field $Client",
        "nothing|has no field; allowed: $time"})
    void templatesThatAreRefused(String template, String message) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> AccessLogTemplate.parse(template));
        assertTrue(String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
    }

    @Test
    void aTemplateIsOneLine() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> AccessLogTemplate.parse("$id\n$client"));
        assertTrue(String.valueOf(refused.getMessage()).contains("control character at character 4"));
    }

    @Test
    void noStringBreaksAJsonLine() {
        Random random = new Random(51);
        for (int i = 0; i < 20_000; i++) {
            String listener = HostileText.next(random);
            String endpoint = HostileText.next(random);
            String line = line(AccessLogFormat.json(), entry(listener, endpoint, null, -1));
            assertTrue(line.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029));
            JsonNode parsed = MAPPER.readTree(line.getBytes(StandardCharsets.UTF_8));
            assertEquals(CONTRACT, List.copyOf(parsed.propertyNames()));
            assertEquals(HostileText.encodable(listener), parsed.get("listener").asString());
            assertEquals(HostileText.encodable(endpoint), parsed.get("endpoint").asString());
            assertTrue(parsed.get("cluster").isNull());
        }
    }

    @Test
    void noStringBreaksATextLine() {
        AccessLogTemplate quoted = AccessLogTemplate.parse("$id \"$listener\" $endpoint end");
        Random random = new Random(51);
        for (int i = 0; i < 20_000; i++) {
            String listener = HostileText.next(random);
            String endpoint = HostileText.next(random);
            AccessEntry entry = entry(listener, endpoint, null, -1);
            String line = line(AccessLogTemplate.DEFAULT, entry);
            assertTrue(line.chars().allMatch(c -> c >= ' ' && c < 0x7f), line);
            String[] words = line.split(" ", -1);
            assertEquals(CONTRACT.size(), words.length, line);
            assertEquals(HostileText.encodable(listener), unescape(words[3]));
            assertEquals(HostileText.encodable(endpoint), unescape(words[7]));
            assertEquals("-", words[8]);

            String[] parts = line(quoted, entry).split("\"", -1);
            assertEquals(3, parts.length);
            assertEquals(HostileText.encodable(listener), unescape(parts[1]));
            assertEquals("42 ", parts[0]);
        }
    }

    /** The decoding that a reader of the text format does. */
    private static String unescape(String word) {
        if (word.equals("-")) {
            return "";
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < word.length(); i++) {
            if (word.startsWith("\\x", i)) {
                bytes.write(Integer.parseInt(word, i + 2, i + 4, 16));
                i += 3;
            } else {
                bytes.write(word.charAt(i));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String line(AccessLogFormat format, AccessEntry entry) {
        StringBuilder out = new StringBuilder();
        format.append(entry, out);
        return out.toString();
    }
}
