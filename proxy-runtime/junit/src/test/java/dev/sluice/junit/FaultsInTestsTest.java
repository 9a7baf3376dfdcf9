package dev.sluice.junit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.api.fault.Faults;
import dev.sluice.runtime.ConfigurationChange;
import dev.sluice.runtime.ConfigurationChange.Action;
import dev.sluice.runtime.ConfigurationException;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.ReloadResult;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static dev.sluice.junit.Expected.ended;
import static dev.sluice.junit.Expected.happened;
import static dev.sluice.junit.Expected.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Faults of listeners, clusters and endpoints, without a filter in the configuration; none of them outlives its test. */
@SluiceProxy(yaml = """
        listeners:
          - { name: edge, listen: "0.0.0.0:443", cluster: app }
          - { name: other, listen: "0.0.0.0:444", cluster: app }
        clusters:
          - { name: app, endpoints: [ { address: "10.0.0.1:80" }, { address: "10.0.0.2:80", backup: true } ] }
        """)
class FaultsInTestsTest {
    @Endpoint("app")
    private static final TestingUpstream FIRST = TestingUpstream.echo();
    @Endpoint("app")
    private static final TestingUpstream SECOND = TestingUpstream.start(client -> {
        client.getOutputStream().write("second".getBytes(StandardCharsets.US_ASCII));
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
    });

    @AfterAll
    static void stop() throws Exception {
        FIRST.close();
        SECOND.close();
    }

    private static TestingClient connect(Sluice sluice, String listener) throws IOException {
        return TestingClient.connect(sluice.address(listener));
    }

    @BeforeEach
    void isAsInTheBeginning(Sluice sluice) throws Exception {
        assertEquals(List.of(), sluice.server().faults().all());
        for (String listener : List.of("edge", "other")) {
            try (TestingClient client = connect(sluice, listener)) {
                assertEquals("hello", client.roundTrip("hello"));
            }
        }
        sluice.await(2, ended());
    }

    @RepeatedTest(2)
    void aFaultOfAListenerEndsWithItsTest(Sluice sluice) throws Exception {
        sluice.listener("edge").fault(Faults.resetAfter(3), Faults.latency(Duration.ofMillis(1)));
        try (TestingClient client = connect(sluice, "edge"); TestingClient other = connect(sluice, "other")) {
            client.send("hello");
            assertEquals(End.RESET, client.end());
            assertEquals("hello", other.roundTrip("hello"));
            assertEquals("fault", sluice.await(ended().reason(CloseReason.FILTER_REJECTED)).filter());
        }
    }

    @Test
    void aFaultThatIsClosedLetsConnectionsGoOn(Sluice sluice) throws Exception {
        try (TestingClient client = connect(sluice, "other")) {
            assertEquals("before", client.roundTrip("before"));
            try (FaultHandle hang = sluice.cluster("app").fault(Faults.blackHole().on(Direction.CLIENT_TO_UPSTREAM))) {
                assertEquals(List.of("edge", "other"), hang.faults().getFirst().listeners());
                client.send("held");
                client.socket().setSoTimeout(50);
                assertThrows(IOException.class, () -> client.read(1));
            }
            client.socket().setSoTimeout(20_000);
            assertEquals("held", client.readText(4));
        }
    }

    @Test
    void aFaultOfAnEndpointLeavesOthersAlone(Sluice sluice) throws Exception {
        sluice.endpoint("app", 0).fault(Faults.finishAfter(2));
        try (TestingClient client = connect(sluice, "edge")) {
            client.send("hello");
            assertEquals("he", new String(client.readAll(), StandardCharsets.US_ASCII));
        }
        sluice.endpoint("app", 0).down();
        try (TestingClient client = connect(sluice, "edge")) {
            assertEquals("second", client.readText(6));
            assertEquals(SECOND.address(), sluice.await(started().endpoint(SECOND.address())).endpoint());
        }
        sluice.endpoint("app", 1).down();
        try (TestingClient client = connect(sluice, "edge")) {
            client.end();
        } catch (SocketException reset) {
            // Before it knew that it was connected.
        }
        sluice.await(ended().reason(CloseReason.CONNECT_FAILED));
        sluice.endpoint("app", 1).up();
        try (TestingClient client = connect(sluice, "edge")) {
            assertEquals("second", client.readText(6));
        }
    }

    @RepeatedTest(2)
    void aListenerThatIsDownIsUpAfterItsTest(Sluice sluice) {
        sluice.listener("edge").down();
        assertThrows(ConnectException.class, () -> connect(sluice, "edge"));
    }

    @RepeatedTest(2)
    void aReloadIsUndone(Sluice sluice) throws Exception {
        ReloadResult changed = sluice
                .reload(yaml -> yaml.replace("cluster: app", "cluster: app, timeouts: { idle: 20ms }"));
        assertEquals(List.of("edge", "other"),
                changed.changes().stream().filter(change -> change.action() == Action.CHANGED)
                        .map(ConfigurationChange::name).toList());
        sluice.reload(yaml -> yaml.replace("20ms", "30ms"));
        assertThrows(ConfigurationException.class, () -> sluice.reload(_ -> "listeners: []"));
        try (TestingClient client = connect(sluice, "edge")) {
            sluice.await(ended().reason(CloseReason.IDLE_TIMEOUT));
            assertEquals(End.RESET, client.end());
        }
        assertEquals("reload", sluice.await(happened("reload")).kind());
    }

    @Test
    void somethingThatIsNotThereIsNamed(Sluice sluice) {
        assertEquals("no listener 'egde'; there are: [edge, other]",
                assertThrows(IllegalArgumentException.class, () -> sluice.listener("egde")).getMessage());
        assertEquals("there is no cluster 'apq'; there are: app", assertThrows(IllegalArgumentException.class,
                () -> sluice.cluster("apq").fault(Faults.blackHole())).getMessage());
        assertEquals("endpoint 2 of cluster 'app' is in no field with @Endpoint; allowed: 0 to 1; others are named by"
                + " their address",
                assertThrows(IllegalArgumentException.class, () -> sluice.endpoint("app", 2)).getMessage());
    }

    /** Faults of a whole class. */
    @Nested
    @SluiceProxy(builder = "slow")
    class OfTheClass {
        static ProxyServer.Builder slow() {
            return ProxyServer.builder()
                    .config("""
                            listeners:
                              - { name: edge, listen: "0.0.0.0:443", cluster: app }
                              - { name: other, listen: "0.0.0.0:444", cluster: app }
                            clusters: [ { name: app, endpoints: [ { address: "10.0.0.1:80" }, { address: "10.0.0.2:80", backup: true } ] } ]
                            """);
        }

        @Test
        void aNestedClassCanHaveItsOwnProxy(Sluice sluice) throws Exception {
            sluice.cluster("app").fault(Faults.bandwidth("1KiB/s"), Faults.slice(1, 2));
            assertEquals(4, sluice.server().faults().all().size());
        }
    }
}
