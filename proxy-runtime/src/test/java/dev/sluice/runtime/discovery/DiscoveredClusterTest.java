package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;

import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A whole proxy whose endpoints are found: a DNS server that fails and recovers, and a file that is replaced. */
class DiscoveredClusterTest {
    private static final String NAME = "_web._tcp.test.";

    private final Ledger ledger = Ledger.open();
    private final TestingDnsServer dns = new TestingDnsServer();
    private final TestingUpstream one = answering("1");
    private final TestingUpstream two = answering("2");
    private @Nullable ProxyServer started;

    @TempDir
    private Path directory;

    @AfterEach
    void close() throws IOException {
        if (started != null) {
            started.close();
        }
        one.close();
        two.close();
        dns.close();
        ledger.settle();
    }

    /** An upstream that greets with a letter, and then sends back what it gets. */
    private static TestingUpstream answering(String letter) {
        return TestingUpstream.start(client -> {
            client.getOutputStream().write(letter.getBytes(StandardCharsets.US_ASCII));
            TestingUpstream.echo(client);
        });
    }

    private void start(String cluster) {
        started = ProxyServer.builder().config("""
                runtime: { eventLoops: 1 }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: web } ]
                clusters: [ { name: web, %s } ]
                """.formatted(cluster)).start();
    }

    private void startByDns() {
        start("dns: { name: " + NAME + ", type: [SRV], servers: [\"" + AddressText.of(dns.address()) + "\"] }");
    }

    private void answer(int... ports) {
        String[] records = new String[ports.length];
        for (int i = 0; i < ports.length; i++) {
            records[i] = "0 1 " + ports[i] + " host.test.";
        }
        dns.put("host.test.", Type.A, 1, "127.0.0.1").put(NAME, Type.SRV, 1, records);
    }

    private TestingClient connect() throws IOException {
        return TestingClient.connect(Objects.requireNonNull(started), "edge");
    }

    /** The letter of the endpoint that a new connection gets; empty if it gets none. */
    private String greeting() throws IOException {
        try (TestingClient client = connect()) {
            int letter = client.socket().getInputStream().read();
            return letter < 0 ? "" : Character.toString(letter);
        } catch (SocketException reset) {
            return "";
        }
    }

    @Test
    void connectionsFollowTheAnswersAndOpenOnesStay() throws Exception {
        answer(one.port());
        startByDns();
        Await.equal("the first endpoint", "1", this::greeting);
        try (TestingClient client = connect()) {
            assertEquals("1", client.readText(1));
            long changed = System.nanoTime();
            answer(two.port());
            Await.equal("the second endpoint", "2", this::greeting);
            Duration seen = Duration.ofNanos(System.nanoTime() - changed);
            // The promise: time to live and one second. What is above that here is a machine that is busy with other tests.
            assertTrue(seen.compareTo(Duration.ofSeconds(10)) < 0, () -> "seen after " + seen);
            assertEquals("still", client.roundTrip("still"));
        }
        int asked = dns.asked().size();
        dns.fail(Rcode.SERVFAIL);
        Await.until("some failures", () -> dns.asked().size() > asked + 3);
        assertEquals("2", greeting());
        dns.beSilent();
        assertEquals("2", greeting());
    }

    @Test
    void aStartDoesNotWaitForDns() throws Exception {
        dns.beSilent();
        answer(one.port());
        startByDns();
        assertEquals("", greeting());
        dns.recover();
        Await.equal("the first answer", "1", this::greeting);
    }

    @Test
    void anAnswerThatLeadsBackIsNotUsed() throws Exception {
        answer(one.port());
        startByDns();
        Await.equal("the first endpoint", "1", this::greeting);
        InetSocketAddress own = (InetSocketAddress) Objects.requireNonNull(started).address("edge");
        answer(own.getPort(), two.port());
        Await.equal("the other endpoint", "2", this::greeting);
        for (int i = 0; i < 10; i++) {
            assertEquals("2", greeting());
        }
        assertFalse(dns.asked().isEmpty());
    }

    @Test
    void aFileIsReplacedWhileItServes() throws Exception {
        Path file = Files.writeString(directory.resolve("endpoints.json"), "[{\"address\":\"" + one.address() + "\"}]");
        start("endpointsFile: " + file);
        Await.equal("the first endpoint", "1", this::greeting);
        Path next = Files.writeString(directory.resolve("next"), "[{\"address\":\"" + two.address() + "\"}]");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Await.equal("the second endpoint", "2", this::greeting);
    }
}
