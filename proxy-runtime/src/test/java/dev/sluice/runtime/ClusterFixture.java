package dev.sluice.runtime;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.observe.ClusterView;
import dev.sluice.runtime.observe.EndpointView;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A server with one listener {@code edge} and one cluster {@code app} on real sockets, and the upstreams of a test. */
abstract class ClusterFixture {
    private static final String RUNTIME = "runtime: { eventLoops: 2, transport: " + TestingTransport.realName()
            + " }\n";

    private final Ledger ledger = Ledger.open();
    private final TestingTransport transport = new TestingTransport();
    private final List<TestingUpstream> upstreams = new ArrayList<>();
    /** The clients that were connected, in this order. */
    final List<TestingClient> clients = new ArrayList<>();
    private @Nullable ProxyServer started;

    @AfterEach
    void close() throws IOException {
        for (TestingClient client : clients) {
            client.close();
        }
        ProxyServer server = started;
        if (server != null) {
            server.close();
            assertEquals(0, server.stats().connectionsActive());
            assertEquals(0, server.stats().memoryBytes());
        }
        for (TestingUpstream upstream : upstreams) {
            upstream.close();
        }
        ledger.settle();
    }

    final TestingUpstream upstream(TestingUpstream.Script script) {
        TestingUpstream upstream = TestingUpstream.start(script);
        upstreams.add(upstream);
        return upstream;
    }

    /** An upstream that greets with a text, and then sends back what it gets. */
    final TestingUpstream answering(String greeting) {
        return answering(greeting, new AtomicBoolean(true), "");
    }

    /** An upstream that greets with a text as long as {@code good}, otherwise with another one, and then sends back what it gets. */
    final TestingUpstream answering(String greeting, AtomicBoolean good, String otherwise) {
        return upstream(client -> {
            client.getOutputStream()
                    .write((good.get() ? greeting : otherwise).getBytes(StandardCharsets.US_ASCII));
            TestingUpstream.echo(client);
        });
    }

    static String endpoints(TestingUpstream... all) {
        List<String> endpoints = new ArrayList<>();
        for (TestingUpstream upstream : all) {
            endpoints.add("{ address: \"" + upstream.address() + "\" }");
        }
        return "endpoints: [ " + String.join(", ", endpoints) + " ]";
    }

    static String config(String listener, String cluster) {
        return RUNTIME + "listeners: [ { name: edge, listen: \"127.0.0.1:0\", cluster: app" + listener + " } ]\n"
                + "clusters: [ { name: app, " + cluster + " } ]\n";
    }

    final ProxyServer start(String yaml) {
        ProxyServer server = ProxyServer.builder().config(yaml).transport(transport).start();
        started = server;
        return server;
    }

    final ProxyServer server() {
        return Objects.requireNonNull(started);
    }

    /** A client of the listener, closed at the end of the test at the latest. */
    final TestingClient client() throws IOException {
        TestingClient client = TestingClient.connect(server(), "edge");
        clients.add(client);
        return client;
    }

    /** A client that is reset at once, perhaps before its connect has returned. */
    final void assertRefused() throws IOException {
        try (TestingClient client = client()) {
            assertEquals(TestingClient.End.RESET, client.end());
        } catch (SocketException atOnce) {
            assertTrue(String.valueOf(atOnce.getMessage()).contains("reset"), atOnce.toString());
        }
    }

    final String greeting() throws IOException {
        try (TestingClient client = client()) {
            return client.readText(1);
        }
    }

    final Set<String> greetings(int clients) throws IOException {
        Set<String> greetings = new HashSet<>();
        for (int i = 0; i < clients; i++) {
            greetings.add(greeting());
        }
        return greetings;
    }

    final ClusterView cluster() {
        return server().engine().view().clusters().getFirst();
    }

    final String stateOf(TestingUpstream upstream) {
        return cluster().endpoints().stream().filter(endpoint -> endpoint.address().equals(upstream.address()))
                .map(EndpointView::state).findFirst().orElse("none");
    }

    final long closed(CloseReason reason) {
        return server().engine().view().totals().closed().getOrDefault(reason, 0L);
    }
}
