package dev.sluice.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Certificates, keys and lists that can be used, and of which {@code sluice check} warns. */
class TlsWarningsTest {
    private static TestingPki root;

    @TempDir
    private Path directory;

    @BeforeAll
    static void makeAuthority() throws Exception {
        root = TestingPki.root("root");
    }

    private List<ConfigurationProblem> warnings(Issued site, String more) throws Exception {
        site.write(directory, "site");
        return warnings("certificate: " + directory + "/site.pem, key: " + directory + "/site.key", more);
    }

    private List<ConfigurationProblem> warnings(String entry, String more) throws Exception {
        if (Files.exists(directory.resolve("site.key"))) {
            Files.setPosixFilePermissions(directory.resolve("site.key"), PosixFilePermissions.fromString("rw-r-----"));
        }
        return ProxyConfig.parse("""
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: a, tls: { certificates: [ { %s } ]%s } } ]
                clusters: [ { name: a, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """.formatted(entry, more)).verify();
    }

    private static void assertWarned(String path, String words, List<ConfigurationProblem> warnings) {
        assertEquals(1, warnings.size(), warnings::toString);
        assertEquals("listeners[0].tls." + path, warnings.getFirst().path());
        assertTrue(warnings.getFirst().what().contains(words), warnings::toString);
    }

    @Test
    void whatIsGoodGivesNone() throws Exception {
        Issued site = root.issue(new Content("CN=site"));
        Path ca = Files.writeString(directory.resolve("ca.pem"), TestingPki.pemOf(List.of(root.certificate())));
        // Lists of revoked certificates are no duty.
        assertEquals(List.of(), warnings(site, ", clientAuth: { mode: require, ca: " + ca + " }"));
    }

    @Test
    void validity() throws Exception {
        Instant now = Instant.now();
        assertWarned("certificates[0].certificate", "'CN=late' in " + directory + "/site.pem has expired at ",
                warnings(root.issue(new Content("CN=late").until(now.minusSeconds(60))), ""));
        assertWarned("certificates[0].certificate", "'CN=early' in " + directory + "/site.pem is not valid before ",
                warnings(root.issue(new Content("CN=early").from(now.plusSeconds(600))), ""));
        Content soon = new Content("CN=soon").from(now.minus(Duration.ofDays(85))).until(now.plus(Duration.ofDays(5)));
        assertWarned("certificates[0].certificate", "and should have been renewed", warnings(root.issue(soon), ""));
        Content fresh = new Content("CN=fresh").from(now.minus(Duration.ofDays(1))).until(now.plus(Duration.ofDays(5)));
        assertEquals(List.of(), warnings(root.issue(fresh), ""), "it is a short one");
    }

    @Test
    void namesThatArePassedThrough() throws Exception {
        Issued site = root.issue(new Content("CN=site").names("DNS:www.example", "DNS:*.example", "DNS:a.raw.example"));
        assertWarned("passthrough", "has the name 'a.raw.example', whose clients are passed through",
                warnings(site, ", passthrough: [ \"*.raw.example\", b.example ]"));
        // One of many names that a certificate is for is an exception, and no contradiction.
        assertEquals(List.of(), warnings(site, ", passthrough: [ b.example ]"));
    }

    @Test
    void whatIsPassedThroughIntoTls() throws Exception {
        root.issue(new Content("CN=site")).write(directory, "site");
        String yaml = """
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: a, tls: { passthrough: [ b.example ],
                  certificates: [ { certificate: %s/site.pem, key: %s/site.key } ] } } ]
                clusters: [ { name: a, endpoints: [ { address: "127.0.0.1:1" } ]%s } ]
                """;
        assertEquals(List.of(), ProxyConfig.parse(yaml.formatted(directory, directory, "")).warnings());
        assertWarned("passthrough", "is encrypted once more", ProxyConfig
                .parse(yaml.formatted(directory, directory, ", tls: { serverName: a.example }")).warnings());
    }

    @Test
    void strength() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        assertWarned("certificates[0].certificate", "has an RSA key of 1024 bits",
                warnings(root.issue(new Content("CN=short"), rsa.generateKeyPair()), ""));
        assertWarned("certificates[0].certificate", "is signed with SHA1withECDSA, which is broken",
                warnings(root.issue(new Content("CN=old").sha1()), ""));
    }

    @Test
    void keysThatEverybodyReads() throws Exception {
        root.issue(new Content("CN=site")).write(directory, "site");
        Files.createDirectory(directory.resolve("more"));
        root.issue(new Content("CN=more")).write(directory.resolve("more"), "more");
        Path key = directory.resolve("more/more.key");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertWarned("certificates[0].directory", "every user of this machine can read the private key in " + key,
                warnings("directory: " + directory + "/more", ""));
        assertWarned("certificates[0].key", "every user of this machine can read the private key in " + key,
                warnings("certificate: " + directory + "/more/more.pem, key: " + key, ""));
    }

    @Test
    void keysOfTicketsThatEverybodyReads() throws Exception {
        Path key = Files.write(directory.resolve("ticket.key"), new byte[80]);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Issued site = root.issue(new Content("CN=site"));
        String tickets = ", tickets: { keys: [ " + key + " ] }";
        assertWarned("tickets.keys", "every user of this machine can read the keys of tickets in " + key,
                warnings(site, tickets));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        assertEquals(List.of(), warnings(site, tickets));
    }

    @Test
    void authoritiesAndLists() throws Exception {
        Issued site = root.issue(new Content("CN=site"));
        TestingPki old = TestingPki.root(new Content("CN=old").until(Instant.now().minusSeconds(60)));
        Path ca = Files.writeString(directory.resolve("ca.pem"), TestingPki.pemOf(List.of(old.certificate())));
        assertWarned("clientAuth.ca", "'CN=old' in " + ca + " has expired at ",
                warnings(site, ", clientAuth: { mode: require, ca: " + ca + " }"));
        Files.writeString(ca, TestingPki.pemOf(List.of(root.certificate())));
        Path crl = Files.writeString(directory.resolve("ca.crl"),
                TestingPki.pemOf(root.revoked(Instant.now().minusSeconds(60))));
        assertWarned("clientAuth.crl", "the list of 'CN=root' in " + crl + " is out of date since ",
                warnings(site, ", clientAuth: { mode: require, ca: " + ca + ", crl: " + crl + " }"));
    }
}
