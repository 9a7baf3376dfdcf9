package dev.sluice.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.tls.TestingPki;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Wrong keys and files of {@code tls}, each with the words that the operator gets. */
class TlsConfigTest {
    @TempDir
    private static Path directory;
    private static Path certificate;
    private static Path other;

    @BeforeAll
    static void makeCertificates() throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        certificate = authority.certificate("site", "dns:a.example");
        other = authority.certificate("other", "dns:b.example", "RSA");
    }

    private static Path key(Path of) {
        return Path.of(of.toString().replace(".pem", ".key"));
    }

    private static String yaml(String memory, String tls) {
        return """
                %s
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: a, tls: %s } ]
                clusters: [ { name: a, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """.formatted(memory, tls);
    }

    private static String good() {
        return "{ certificates: [ { certificate: " + certificate + ", key: " + key(certificate) + " } ] }";
    }

    private static void assertRefused(String yaml, String... words) {
        String message = message(yaml);
        for (String word : words) {
            assertTrue(message.contains(word), () -> "'" + word + "' is not in: " + message);
        }
    }

    private static String message(String yaml) {
        return String.valueOf(assertThrows(ConfigurationException.class, () -> {
            try (ProxyServer server = ProxyServer.builder().config(ProxyConfig.parse(yaml)).start()) {
                throw new AssertionError("it was accepted");
            }
        }).getMessage());
    }

    @Test
    void certificatesAreRequired() {
        assertRefused(yaml("", "{}"), "listeners[0].tls: the key 'certificates' is missing");
        assertRefused(yaml("", "{ certificates: [] }"),
                "listeners[0].tls.certificates: the list of certificates is empty");
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        assertRefused(yaml("", "{ certificates: [ { certificate: /nowhere/site.pem } ] }"),
                "listeners[0].tls.certificates[0].certificate", "/nowhere/site.pem does not exist");
    }

    @Test
    void aKeyHasToFitToItsCertificate() {
        assertRefused(yaml("", "{ certificates: [ { certificate: " + certificate + ", key: " + key(other) + " } ] }"),
                "listeners[0].tls.certificates[0].key", "is not that of the first certificate in " + certificate);
    }

    @Test
    void aKeyHasToBeThere() {
        assertRefused(yaml("", "{ certificates: [ { certificate: " + certificate + " } ] }"),
                "listeners[0].tls.certificates[0].certificate", "has no private key",
                "allowed: key: FILE beside certificate");
    }

    @Test
    void oneFileMayHaveBoth() throws IOException {
        Path both = Files.writeString(directory.resolve("both.pem"),
                Files.readString(key(certificate)) + Files.readString(certificate));
        try (ProxyServer server = ProxyServer.builder()
                .config(ProxyConfig.parse(yaml("", "{ certificates: [ { certificate: " + both + " } ] }"))).start()) {
            assertTrue(server.address("edge") != null);
        }
    }

    @Test
    void aChainIsInOrder() throws IOException {
        Path wrong = Files.writeString(directory.resolve("wrong.pem"),
                Files.readString(certificate) + Files.readString(other));
        assertRefused(yaml("", "{ certificates: [ { certificate: " + wrong + ", key: " + key(certificate) + " } ] }"),
                "certificate 2 in " + wrong + " is not that of the authority");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0", "1.1", "2", "TLSv1.2"})
    void versionsThatAreNotSpokenAreRefused(String version) {
        assertRefused(yaml("", good().replace(" } ] }", " } ], minVersion: \"" + version + "\" }")),
                "listeners[0].tls.minVersion", "\"1.2\" or \"1.3\"");
    }

    @Test
    void aRecordHasToFitIntoABuffer() {
        assertRefused(yaml("memory: { readBuffer: 16KiB }", good()), "memory.readBuffer", "listener edge has tls",
                "at least 64KiB");
        assertRefused(yaml("runtime: { eventLoops: 2 }\nmemory: { pool: 256KiB, stash: 256KiB }", good()),
                "memory.pool",
                "at least 512KiB");
    }

    @Test
    void anEngineIsOneOfThree() {
        assertRefused(yaml("tls: { engine: openssl }", good()), "tls.engine: 'openssl' is not one of the choices",
                "auto, boringssl, jdk");
    }

    @Test
    void allProblemsComeAtOnce() {
        String message = message(
                yaml("", "{ certificates: [ { certificate: /nowhere/a.pem }, { certificate: /nowhere/b.pem } ] }"));
        assertTrue(message.contains("/nowhere/a.pem") && message.contains("/nowhere/b.pem"), message);
    }

    private static String withClients(String auth) {
        return yaml("", good().replace(" } ] }", " } ], clientAuth: { " + auth + " } }"));
    }

    @Test
    void certificatesOfClientsNeedAnAuthority() throws Exception {
        assertRefused(withClients("mode: require"), "listeners[0].tls.clientAuth.mode",
                "without ca there is no authority",
                "ca: FILE beside mode");
        assertRefused(withClients("ca: /nowhere/ca.pem"), "listeners[0].tls.clientAuth.ca", "with mode none",
                "mode: require or mode: request");
        assertRefused(withClients("crl: /nowhere/ca.crl"), "listeners[0].tls.clientAuth.crl", "with mode none");
        assertRefused(withClients("mode: optional"), "listeners[0].tls.clientAuth.mode", "none, request, require");
    }

    @Test
    void everybodyIsPassedThroughWithoutTls() {
        String message = message(yaml("", good().replace(" } ] }", " } ], passthrough: [ \"*\" ] }")));
        assertTrue(message.contains("listeners[0].tls.passthrough[0]: '*' is not a name; to pass everybody on, use a"
                + " listener without tls; allowed: a host name"), message);
    }

    @Test
    void authoritiesAndListsAreReadAndNamed() throws Exception {
        Path ca = Files.writeString(directory.resolve("clients.pem"),
                TestingPki.pemOf(List.of(TestingPki.root("root").certificate())));
        assertRefused(withClients("mode: require, ca: /nowhere/ca.pem"), "listeners[0].tls.clientAuth.ca",
                "/nowhere/ca.pem does not exist");
        assertRefused(withClients("mode: require, ca: " + certificate), "listeners[0].tls.clientAuth.ca",
                "has a certificate that is not of an authority: 'CN=site'");
        assertRefused(withClients("mode: require, ca: " + key(certificate)), "listeners[0].tls.clientAuth.ca",
                "has no certificate");
        assertRefused(withClients("mode: request, ca: " + ca + ", crl: " + ca), "listeners[0].tls.clientAuth.crl",
                "has no list of revoked certificates");
    }

    private static String withKeys(String keys) {
        return yaml("", good().replace(" } ] }", " } ], " + keys + " }"));
    }

    @Test
    void suitesAndGroupsThatAreNotSpokenAreRefusedByName() {
        assertRefused(withKeys("ciphers: [ TLS_RSA_WITH_AES_128_CBC_SHA ]"), "listeners[0].tls.ciphers[0]",
                "'TLS_RSA_WITH_AES_128_CBC_SHA' is no cipher suite that is spoken here",
                "TLS_AES_128_GCM_SHA256, TLS_AES_256");
        assertRefused(withKeys("ciphers: []"), "listeners[0].tls.ciphers");
        assertRefused(withKeys("minVersion: \"1.3\", ciphers: [ ECDHE-RSA-AES128-GCM-SHA256 ]"),
                "listeners[0].tls.ciphers",
                "none of these is of TLS 1.3");
        assertRefused(withKeys("ciphers: [ TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 ]"), "listeners[0].tls.ciphers",
                "all of these are for certificates with keys of RSA, and the keys here are of EC", "ECDHE-ECDSA-…");
        assertRefused(withKeys("groups: [ P-521 ]"), "listeners[0].tls.groups[0]", "'P-521' is no group",
                "X25519MLKEM768, X25519, P-256");
    }

    private static String withEngine(String engine, String keys) {
        return "tls: { engine: " + engine + " }\n" + withKeys(keys);
    }

    @Test
    void whatAnEngineCannotDoIsRefused() throws Exception {
        Path key = Files.write(directory.resolve("ticket.key"), new byte[80]);
        assertRefused(withEngine("jdk", "groups: [ X25519MLKEM768, X25519 ]"), "listeners[0].tls.groups",
                "X25519MLKEM768 is spoken by BoringSSL only, and tls.engine is jdk", "tls.engine: boringssl or auto");
        assertRefused(withEngine("jdk", "tickets: { keys: [ " + key + " ] }"), "listeners[0].tls.tickets.keys",
                "the JDK takes no keys of tickets, BoringSSL does, and tls.engine is jdk", "boringssl or auto");
        String some = "ciphers: [ TLS_AES_128_GCM_SHA256, ECDHE-RSA-AES128-GCM-SHA256 ]";
        assertRefused(withEngine("auto", some + ", tickets: { keys: [ " + key + " ] }"),
                "and the listener has ciphers with some of the suites of TLS 1.3");
        assertRefused(withEngine("boringssl", some), "tls.engine", "listener edge has ciphers with some of the suites",
                "auto, which takes the JDK for that listener");
    }

    @Test
    void ticketsAreCheckedAndTheirKeysAreRead() throws Exception {
        Path key = Files.write(directory.resolve("first.key"), new byte[48]);
        Path same = Files.write(directory.resolve("same.key"), new byte[48]);
        Path brief = Files.write(directory.resolve("brief.key"), new byte[16]);
        assertRefused(withKeys("tickets: { mode: off, lifetime: 1h }"), "listeners[0].tls.tickets.lifetime",
                "without tickets nothing follows it", "tickets: off alone");
        assertRefused(withKeys("tickets: { keys: [ " + key + " ], rotate: 1h }"), "listeners[0].tls.tickets.rotate",
                "the keys in files are replaced by other files");
        assertRefused(withKeys("tickets: { lifetime: 24h, rotate: 1m }"), "listeners[0].tls.tickets.rotate",
                "tickets that count for 24h would need more than 32 keys");
        assertRefused(withKeys("tickets: { keys: [ /nowhere/key ] }"), "listeners[0].tls.tickets.keys",
                "/nowhere/key cannot be read", "openssl rand 80");
        assertRefused(withKeys("tickets: { keys: [ " + brief + " ] }"), brief + " has 16 bytes", "80 or 48");
        assertRefused(withKeys("tickets: { keys: [ " + key + ", " + same + " ] }"),
                same + " has the same key as a file before it");
        assertRefused(withKeys("tickets: never"), "listeners[0].tls.tickets");
    }
}
