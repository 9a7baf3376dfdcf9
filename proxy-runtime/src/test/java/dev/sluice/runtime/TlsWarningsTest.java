package dev.sluice.runtime;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

    private static Content named(String subject) {
        return new Content(subject).names("DNS:" + subject.substring(subject.indexOf('=') + 1) + ".example");
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
        Issued site = root.issue(named("CN=site"));
        Path ca = Files.writeString(directory.resolve("ca.pem"), TestingPki.pemOf(List.of(root.certificate())));
        // Lists of revoked certificates are no duty.
        assertEquals(List.of(), warnings(site, ", clientAuth: { mode: require, ca: " + ca + " }"));
    }

    @Test
    void validity() throws Exception {
        Instant now = Instant.now();
        assertWarned("certificates[0].certificate", "'CN=late' in " + directory + "/site.pem has expired at ",
                warnings(root.issue(named("CN=late").until(now.minusSeconds(60))), ""));
        assertWarned("certificates[0].certificate", "'CN=early' in " + directory + "/site.pem is not valid before ",
                warnings(root.issue(named("CN=early").from(now.plusSeconds(600))), ""));
        Content soon = named("CN=soon").from(now.minus(Duration.ofDays(85))).until(now.plus(Duration.ofDays(5)));
        assertWarned("certificates[0].certificate", "and should have been renewed", warnings(root.issue(soon), ""));
        Content fresh = named("CN=fresh").from(now.minus(Duration.ofDays(1))).until(now.plus(Duration.ofDays(5)));
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
        root.issue(named("CN=site")).write(directory, "site");
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
                warnings(root.issue(named("CN=short"), rsa.generateKeyPair()), ""));
        assertWarned("certificates[0].certificate", "is signed with SHA1withECDSA, which is broken",
                warnings(root.issue(named("CN=old").sha1()), ""));
    }

    @Test
    void keysThatEverybodyReads() throws Exception {
        root.issue(named("CN=site")).write(directory, "site");
        Files.createDirectory(directory.resolve("more"));
        root.issue(named("CN=more")).write(directory.resolve("more"), "more");
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
        Issued site = root.issue(named("CN=site"));
        String tickets = ", tickets: { keys: [ " + key + " ] }";
        assertWarned("tickets.keys", "every user of this machine can read the keys of tickets in " + key,
                warnings(site, tickets));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        assertEquals(List.of(), warnings(site, tickets));
    }

    @Test
    void authoritiesAndLists() throws Exception {
        Issued site = root.issue(named("CN=site"));
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

    @Test
    void authoritiesWithoutAList() throws Exception {
        TestingPki other = TestingPki.root("other");
        Path ca = Files.writeString(directory.resolve("ca.pem"),
                TestingPki.pemOf(List.of(root.certificate(), other.certificate())));
        Path crl = Files.writeString(directory.resolve("ca.crl"),
                TestingPki.pemOf(root.revoked(Instant.now().plusSeconds(3600))));
        Issued site = root.issue(named("CN=site"));
        String auth = ", clientAuth: { mode: require, ca: " + ca + ", crl: " + crl + " }";
        assertWarned("clientAuth.crl", crl + " has no list of the authority 'CN=other': its clients are refused",
                warnings(site, auth));
        Files.writeString(crl, TestingPki.pemOf(other.revoked(Instant.now().plusSeconds(3600))),
                StandardOpenOption.APPEND);
        assertEquals(List.of(), warnings(site, auth));
    }

    @Test
    void certificatesThatAreNeverShown() throws Exception {
        Path named = root.issue(named("CN=a")).write(directory, "a");
        Path nameless = root.issue(new Content("CN=nameless")).write(directory, "b");
        Path mail = root.issue(new Content("CN=mail").names("email:x@a.example")).write(directory, "m");
        assertWarned("certificates[0].certificate", "'CN=nameless' in " + nameless + " has no name (subjectAltName)",
                warnings(entry("b"), ""));
        assertWarned("certificates[1].certificate", "'CN=nameless' in " + nameless + " has no DNS name",
                warnings(entry("a") + " }, { " + entry("b"), ""));
        assertEquals(List.of(), warnings(entry("m"), ""), "the default of clients that ask for an address: " + mail);

        root.issue(new Content("CN=same").names("DNS:b.example", "DNS:a.example", "DNS:*.example"))
                .write(directory, "c");
        assertWarned("certificates[1].certificate", "has the name 'a.example' and a key of EC, as has that in " + named,
                warnings(entry("a") + " }, { " + entry("c"), ""));
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        root.issue(named("CN=a"), rsa.generateKeyPair()).write(directory, "c");
        assertEquals(List.of(), warnings(entry("a") + " }, { " + entry("c"), ""), "a key of another type");
    }

    private String entry(String name) throws Exception {
        Files.setPosixFilePermissions(directory.resolve(name + ".key"), PosixFilePermissions.fromString("rw-------"));
        return "certificate: " + directory + "/" + name + ".pem, key: " + directory + "/" + name + ".key";
    }

    @Test
    void certificatesForOtherUses() throws Exception {
        assertWarned("certificates[0].certificate", "its extended key usage lacks serverAuth",
                warnings(root.issue(named("CN=client").forClientsOnly()), ""));
        assertEquals(List.of(), warnings(root.issue(named("CN=server").forServersOnly()), ""));
    }

    @Test
    void suitesForOtherKeys() throws Exception {
        Issued site = root.issue(named("CN=ec"));
        String suites = ", ciphers: [ TLS_AES_128_GCM_SHA256, ECDHE-RSA-AES128-GCM-SHA256 ]";
        assertWarned("ciphers", "are not for keys of EC, and the certificates have no others: clients of TLS 1.2 are",
                warnings(site, suites));
        assertEquals(List.of(), warnings(site, suites + ", minVersion: \"1.3\""));
        assertEquals(List.of(), warnings(site, suites.replace("RSA", "ECDSA")));

        site.write(directory, "ec");
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(2048);
        root.issue(named("CN=rsa"), rsa.generateKeyPair()).write(directory, "rsa");
        assertWarned("ciphers",
                "'CN=ec' in " + directory + "/ec.pem has a key of EC, which none of these suites is for",
                warnings(entry("rsa") + " }, { " + entry("ec"), ", ciphers: [ ECDHE-RSA-AES128-GCM-SHA256 ]"));
        assertWarned("ciphers", "of TLS 1.2 is for: clients of TLS 1.2 never see it",
                warnings(entry("rsa") + " }, { " + entry("ec"), suites));
    }

    @Test
    void passwordsThatEverybodyReads() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "secret");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
        root.issue(named("CN=site")).write(directory, "site");
        assertWarned("certificates[0].keyPasswordFile",
                "every user of this machine can read the password of private keys in " + password,
                warnings(entry("site") + ", keyPasswordFile: " + password, ""));
    }

    @Test
    void routesThatNoClientReaches() throws Exception {
        root.issue(new Content("CN=site").names("DNS:www.example", "DNS:*.apps.example")).write(directory, "site");
        String yaml = """
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    tls: { unknownName: %s, passthrough: [ raw.example ], certificates: [ { %s } ] }
                    routes:
                      - { match: { sni: [ www.example, a.apps.example, raw.example, "*.example" ] }, cluster: a }
                      - { match: { sni: lost.example }, cluster: a }
                      - { cluster: a }
                clusters: [ { name: a, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """;
        List<ConfigurationProblem> warnings = ProxyConfig.parse(yaml.formatted("reject", entry("site"))).verify();
        assertEquals(1, warnings.size(), warnings::toString);
        assertEquals("listeners[0].routes[1].match.sni", warnings.getFirst().path());
        assertTrue(warnings.getFirst().what().startsWith("no certificate has the name 'lost.example', nor has pass"),
                warnings::toString);
        assertEquals(List.of(), ProxyConfig.parse(yaml.formatted("default", entry("site"))).verify());
    }

    private List<ConfigurationProblem> upstreamWarnings(String keys) {
        return ProxyConfig.parse("""
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: a } ]
                clusters: [ { name: a, %s, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """.formatted(keys)).verify();
    }

    private static void assertUpstreamWarned(String path, String words, List<ConfigurationProblem> warnings) {
        assertEquals(1, warnings.size(), warnings::toString);
        assertEquals("clusters[0]." + path, warnings.getFirst().path());
        assertTrue(warnings.getFirst().what().contains(words), warnings::toString);
    }

    @Test
    void filesOfClusters() throws Exception {
        Instant past = Instant.now().minusSeconds(60);
        Path ca = Files.writeString(directory.resolve("ca.pem"),
                TestingPki.pemOf(List.of(TestingPki.root(new Content("CN=old").until(past)).certificate())));
        String trust = "tls: { serverName: a.example, ca: " + ca + " }";
        assertUpstreamWarned("tls.ca", "'CN=old' in " + ca + " has expired at ", upstreamWarnings(trust));
        assertUpstreamWarned("healthCheck.tls.ca", "'CN=old' in " + ca + " has expired at ",
                upstreamWarnings("healthCheck: { type: tls, tls: { sni: a.example, ca: " + ca + " } }"));
        Files.writeString(ca, TestingPki.pemOf(root.issue(named("CN=leaf")).chain()));
        assertUpstreamWarned("tls.ca", "'CN=leaf' in " + ca + " is not that of an authority", upstreamWarnings(trust));
        Files.writeString(ca, TestingPki.pemOf(List.of(root.certificate())));
        assertEquals(List.of(), upstreamWarnings(trust));

        root.issue(new Content("CN=me").until(past)).write(directory, "me");
        String shown = "tls: { serverName: a.example, " + entry("me") + " }";
        assertUpstreamWarned("tls.certificate", "'CN=me' in " + directory + "/me.pem has expired at ",
                upstreamWarnings(shown));
        root.issue(new Content("CN=me").forServersOnly()).write(directory, "me");
        assertUpstreamWarned("tls.certificate", "its extended key usage lacks clientAuth", upstreamWarnings(shown));
        Path key = directory.resolve("me.key");
        root.issue(new Content("CN=me")).write(directory, "me");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertUpstreamWarned("tls.key", "every user of this machine can read the private key in " + key,
                upstreamWarnings(shown));
    }

    @Test
    void warningsHaveABound() throws Exception {
        Path more = Files.createDirectory(directory.resolve("more"));
        for (int i = 0; i < 60; i++) {
            root.issue(new Content("CN=late").until(Instant.now().minusSeconds(60))).write(more, "site" + i);
            Files.setPosixFilePermissions(more.resolve("site" + i + ".key"),
                    PosixFilePermissions.fromString("rw-r--r--"));
        }
        List<ConfigurationProblem> warnings = warnings("directory: " + more, "");
        assertEquals(100, warnings.size());
        assertTrue(warnings.getLast().what().endsWith("this is warning 100, and there may be more"),
                warnings.getLast()::toString);
    }
}
