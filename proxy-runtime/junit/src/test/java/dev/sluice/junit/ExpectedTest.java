package dev.sluice.junit;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static dev.sluice.junit.Expected.ended;
import static dev.sluice.junit.Expected.happened;
import static dev.sluice.junit.Expected.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Events that tests wait for. */
@SluiceProxy(yaml = """
        listeners: [ { name: edge, listen: "0.0.0.0:443", cluster: app } ]
        clusters: [ { name: app, endpoints: [ { address: "10.0.0.1:80" } ] } ]
        """)
class ExpectedTest {
    @Endpoint("app")
    private static final TestingUpstream SERVER = TestingUpstream.echo();
    private static final Duration SHORT = Duration.ofMillis(20);

    @AfterAll
    static void stop() throws Exception {
        SERVER.close();
    }

    @Test
    void anEventIsReturnedOnce(Sluice sluice) throws Exception {
        try (TestingClient one = TestingClient.connect(sluice.address("edge"));
                TestingClient two = TestingClient.connect(sluice.address("edge"))) {
            assertEquals("one", one.roundTrip("one"));
            assertEquals("two", two.roundTrip("two"));
            long first = sluice.await(started()).id();
            assertNotEquals(first, sluice.await(started()).id());
            one.reset();
            assertEquals(3, sluice.await(ended().reason(CloseReason.CLIENT_RESET)
                    .where("3 bytes up", end -> end.bytesUp() == 3)).bytesDown());
            two.finish();
            two.end();
            sluice.await(ended().listener("edge").cluster("app").endpoint(SERVER.address()));
        }
        assertEquals(2, sluice.accessLog().size());
    }

    @Test
    void someThatComeFromAnotherThreadAreAwaited(Sluice sluice) throws Exception {
        Thread clients = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 5; i++) {
                try (TestingClient client = TestingClient.connect(sluice.address("edge"))) {
                    client.roundTrip("hello");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        assertEquals(5, sluice.await(5, ended()).size());
        clients.join();
    }

    @Test
    void oneThatDoesNotComeIsAFailureWithThoseThatCame(Sluice sluice) throws Exception {
        AssertionError nothing = assertThrows(AssertionError.class,
                () -> sluice.await(happened("endpoint-down").within(SHORT)));
        assertEquals("not within 20 ms: endpoint-down. Nothing has happened in this test.", nothing.getMessage());
        try (TestingClient client = TestingClient.connect(sluice.address("edge"))) {
            client.roundTrip("hello");
        }
        sluice.await(ended());
        AssertionError other = assertThrows(AssertionError.class,
                () -> sluice.await(2, ended().reason(CloseReason.IDLE_TIMEOUT).within(SHORT)));
        List<String> lines = String.valueOf(other.getMessage()).lines().toList();
        assertEquals(
                "not within 20 ms: 2 times (0 came) the end of a connection, reason idle-timeout. The last events of"
                        + " this test, those that were awaited before included:",
                lines.get(0));
        assertTrue(
                lines.get(1)
                        .matches("- connection \\d+ started: listener edge, client 127.0.0.1:\\d+, cluster app, .*"),
                lines.get(1));
        assertTrue(lines.get(2).matches("- connection \\d+ ended, reason client-finished: .*, 5 bytes up, 5 down"),
                lines.get(2));
    }
}
