package dev.sluice.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingRecordPeer.Opened;
import dev.sluice.runtime.tls.jdk.TestingTlsClient;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Tickets of TLS sessions at a running proxy. */
class TlsTicketsTest {
    private static final int HANDSHAKE = 22;
    private static final int NEW_SESSION_TICKET = 4;
    /** Of a handshake message. */
    private static final int HEADER_BYTES = 4;

    @TempDir
    private Path directory;
    private TestingPki pki;

    @BeforeEach
    void makeCertificate() throws Exception {
        pki = TestingPki.root("authority");
        renew();
    }

    private void renew() throws Exception {
        pki.issue(new Content("CN=site").names("DNS:a.example")).write(directory, "site");
    }

    private String yaml(String tickets, TestingUpstream upstream) {
        return yaml(TestingProxy.Builder.tlsEngine(), tickets, upstream);
    }

    private String yaml(String engine, String tickets, TestingUpstream upstream) {
        return """
                runtime: { eventLoops: 1 }
                tls: { engine: %s }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: echo, tls: { tickets: %s,
                      certificates: [ { certificate: %3$s/site.pem, key: %3$s/site.key } ] } }
                clusters: [ { name: echo, endpoints: [ { address: "%4$s" } ] } ]
                """.formatted(engine, tickets, directory, upstream.address());
    }

    private static ProxyServer start(String yaml) {
        return ProxyServer.builder().config(ProxyConfig.parse(yaml)).start();
    }

    /** The times in seconds for which the tickets count that a client of TLS 1.3 gets. */
    private static List<Integer> lifetimes(ProxyServer server) throws Exception {
        List<Integer> lifetimes = new ArrayList<>();
        try (TestingTlsClient client = new TestingTlsClient("a.example").connect(server.address("edge"))) {
            client.write(client.peer().data("hello"));
            while (true) {
                Opened opened = client.peer().open(client.record()).getFirst();
                if (opened.type() != HANDSHAKE) {
                    assertEquals("hello", new String(opened.content(), StandardCharsets.US_ASCII));
                    return lifetimes;
                }
                ByteBuffer messages = ByteBuffer.wrap(opened.content());
                while (messages.hasRemaining()) {
                    int header = messages.getInt();
                    assertEquals(NEW_SESSION_TICKET, header >>> 24);
                    lifetimes.add(messages.getInt());
                    messages.position(messages.position() - HEADER_BYTES + (header & 0xffffff));
                }
            }
        }
    }

    @Test
    void clientsAreToldForHowLongATicketCounts() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(yaml("{}", upstream))) {
            List<Integer> all = lifetimes(server);
            assertTrue(!all.isEmpty() && all.stream().allMatch(each -> each == 12 * 3600), all::toString);
            server.reload(ProxyConfig.parse(yaml("{ lifetime: 5m, rotate: 1m }", upstream)));
            List<Integer> brief = lifetimes(server);
            assertTrue(!brief.isEmpty() && brief.stream().allMatch(each -> each == 300), brief::toString);
            server.reload(ProxyConfig.parse(yaml("off", upstream)));
            assertEquals(List.of(), lifetimes(server));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aSessionGoesOnAfterRenewalAndOtherSettings(String version) throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            String yaml = yaml("on", upstream);
            try (ProxyServer server = start(yaml)) {
                TestingMtlsClient client = new TestingMtlsClient(null);
                assertEquals("hello", client.talk(server.address("edge"), version));
                long made = client.sessionMade();
                renew();
                ReloadResult result = server.reload(ProxyConfig.parse(yaml));
                assertTrue(result.lines().toString().contains("the certificates of tls have changed"),
                        () -> result.lines().toString());
                assertEquals("hello", client.talk(server.address("edge"), version));
                assertEquals(made, client.sessionMade(), "another certificate");
                server.reload(ProxyConfig.parse(yaml.replace("tickets: on", "alpn: [ h2 ]")));
                assertEquals("hello", client.talk(server.address("edge"), version));
                assertEquals(made, client.sessionMade(), "other settings");
            }
        }
    }

    private String keys(String... names) {
        return "{ keys: [ " + String.join(", ", List.of(names).stream().map(name -> directory + "/" + name).toList())
                + " ] }";
    }

    private void key(String name, int content) throws Exception {
        byte[] key = new byte[80];
        key[0] = (byte) content;
        Files.write(directory.resolve(name), key);
    }

    private void reload(ProxyServer server, String yaml) {
        ReloadResult result = server.reload(ProxyConfig.parse(yaml));
        assertTrue(result.lines().toString().contains("tls.tickets"), () -> result.lines().toString());
    }

    @Test
    void aReloadTakesOtherKeys() throws Exception {
        key("first", 1);
        key("second", 2);
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = start(yaml("auto", keys("first"), upstream))) {
            TestingMtlsClient client = new TestingMtlsClient(null);
            assertEquals("hello", client.talk(server.address("edge"), "TLSv1.3"));
            long made = client.sessionMade();
            reload(server, yaml("auto", keys("second", "first"), upstream));
            assertEquals("hello", client.talk(server.address("edge"), "TLSv1.3"));
            assertEquals(made, client.sessionMade(), "the second key opens it");
            key("first", 3);
            key("second", 4);
            reload(server, yaml("auto", keys("second", "first"), upstream));
            assertEquals("hello", client.talk(server.address("edge"), "TLSv1.3"));
            assertNotEquals(made, client.sessionMade(), "no key opens it");
        }
    }

    @Test
    void filesWithKeysAreWatched() throws Exception {
        key("first", 1);
        Path config = directory.resolve("sluice.yaml");
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            Files.writeString(config, yaml("auto", keys("first"), upstream).replace("eventLoops: 1",
                    "eventLoops: 1, watch: 100ms"));
            try (ProxyServer server = ProxyServer.builder().config(ProxyConfig.load(config)).start()) {
                TestingMtlsClient client = new TestingMtlsClient(null);
                assertEquals("hello", client.talk(server.address("edge"), "TLSv1.3"));
                long made = client.sessionMade();
                key("first", 2);
                Await.until("another session", () -> {
                    client.talk(server.address("edge"), "TLSv1.3");
                    return client.sessionMade() != made;
                });
            }
        }
    }
}
