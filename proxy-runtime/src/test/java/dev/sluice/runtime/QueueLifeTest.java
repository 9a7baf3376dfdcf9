package dev.sluice.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Clients in the queue of a cluster whose endpoints change while they wait. */
class QueueLifeTest extends ClusterFixture {
    private static final String QUEUE = "queue: { max: 9, timeout: 1m }, ";

    /** An upstream that greets with a letter as long as {@code good}, and otherwise closes at once. */
    private TestingUpstream closing(String letter, AtomicBoolean good) {
        return upstream(client -> {
            if (good.get()) {
                client.getOutputStream().write(letter.getBytes(StandardCharsets.US_ASCII));
                TestingUpstream.echo(client);
            }
        });
    }

    /** Clients that wait behind {@code before} others. */
    private List<TestingClient> queued(int before, int count) throws IOException {
        List<TestingClient> all = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            all.add(client());
            Await.equal("queued", before + i, () -> cluster().queued());
        }
        return all;
    }

    private static String single(TestingUpstream upstream) {
        return "{ address: \"" + upstream.address() + "\", maxConnections: 1 }";
    }

    private static String endpoint(TestingUpstream upstream) {
        return "{ address: \"" + upstream.address() + "\" }";
    }

    @Test
    void allOfThemAreClosedWhenTheEndpointIsDown() throws IOException {
        AtomicBoolean good = new AtomicBoolean(true);
        TestingUpstream one = answering("1");
        TestingUpstream agent = closing("HTTP/1.1 200 OK\r\n\r\n", good);
        start(config("",
                QUEUE + "endpoints: [ " + single(one)
                        + " ], healthCheck: { type: http, interval: 100ms, timeout: 100ms,"
                        + " rise: 1, fall: 1, http: { port: " + agent.port() + " } }"));
        TestingClient first = client();
        assertEquals("1", first.readText(1));
        List<TestingClient> waiting = queued(0, 3);
        good.set(false);
        for (TestingClient client : waiting) {
            assertEquals(TestingClient.End.RESET, client.end());
        }
        Await.equal("closed", 3L,
                () -> server().engine().view().totals().closed().getOrDefault(CloseReason.NO_ENDPOINT, 0L));
        assertEquals(0, cluster().queued());
        assertEquals("still here", first.roundTrip("still here"));
    }

    @Test
    void theyAreServedWhenTheTimeOfAnEjectionIsOver() throws IOException {
        AtomicBoolean good = new AtomicBoolean();
        TestingUpstream one = answering("1");
        TestingUpstream two = closing("2", good);
        start(config("",
                QUEUE + "outlierDetection: { consecutiveConnectFailures: 1, ejection: 2s }, endpoints: [ " + single(one)
                        + ", " + endpoint(two) + " ]"));
        for (int i = 0; i < 2; i++) {
            TestingClient client = client();
            client.send("x");
        }
        Await.until("an ejection", () -> cluster().endpoints().stream()
                .anyMatch(endpoint -> endpoint.state().equals("ejected")));
        List<TestingClient> waiting = queued(0, 3);
        good.set(true);
        for (TestingClient client : waiting) {
            assertEquals("2", client.readText(1));
        }
    }

    @Test
    void theyAreServedByEndpointsThatComeMeanwhile(@TempDir Path directory) throws IOException {
        TestingUpstream one = answering("1");
        TestingUpstream two = answering("2");
        TestingUpstream three = answering("3");
        Path file = directory.resolve("endpoints.yaml");
        Files.writeString(file, "[ " + single(one) + " ]");
        start(config("", QUEUE + "endpointsFile: \"" + file + "\""));
        Await.equal("endpoints", 1, () -> cluster().endpoints().size());
        TestingClient first = client();
        assertEquals("1", first.readText(1));
        List<TestingClient> waiting = queued(0, 1);
        Files.writeString(file, "[ " + single(one) + ", " + single(two) + " ]");
        assertEquals("2", waiting.getFirst().readText(1));
        // One that had a turn without finding a place sees what comes after that as well.
        waiting = queued(0, 2);
        Files.writeString(file, "[ " + single(one).replace(" }", ", weight: 2 }") + ", " + single(two) + " ]");
        Await.until("another weight",
                () -> cluster().endpoints().stream().anyMatch(endpoint -> endpoint.weight() == 2));
        Files.writeString(file, "[ " + single(one) + ", " + single(two) + ", " + endpoint(three) + " ]");
        for (TestingClient client : waiting) {
            assertEquals("3", client.readText(1));
        }
    }
}
