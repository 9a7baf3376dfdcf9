package dev.sluice.runtime.observe;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;

import com.sun.management.ThreadMXBean;
import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Events in recordings of Java Flight Recorder. */
@Timeout(120)
class FlightEventsTest {
    @TempDir
    private Path directory;

    /** Some work that is recorded. */
    private interface Work {
        void run() throws Exception;
    }

    private List<RecordedEvent> recorded(Work work, String... enabled) throws Exception {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            for (String name : enabled) {
                recording.enable(name);
            }
            recording.start();
            // A server does that once a second.
            FlightEvents.refresh();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("sluice.")).toList();
    }

    private static List<RecordedEvent> of(String name, List<RecordedEvent> events) {
        return events.stream().filter(event -> event.getEventType().getName().equals(name)).toList();
    }

    @Test
    void connectionsAndTheirConnects() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            List<RecordedEvent> events = recorded(() -> {
                try (TestingClient client = proxy.connect()) {
                    assertEquals("hello", client.roundTrip("hello"));
                }
                proxy.awaitIdle();
            }, "sluice.Connection", "sluice.Connect");
            assertEquals(1, of("sluice.Connection", events).size(), events::toString);
            RecordedEvent connection = of("sluice.Connection", events).getFirst();
            assertEquals(1, connection.getLong("id"));
            assertEquals("edge", connection.getString("listener"));
            assertEquals(upstream.address(), connection.getString("endpoint"));
            assertEquals("app", connection.getString("cluster"));
            assertEquals(5, connection.getLong("bytesUp"));
            assertEquals(5, connection.getLong("bytesDown"));
            assertEquals("client-finished", connection.getString("reason"));
            assertEquals("client", connection.getString("closedBy"));
            assertTrue(connection.getDuration("lifetime").compareTo(connection.getDuration("connectTime")) > 0);
            assertTrue(Objects.requireNonNull(connection.getThread()).getJavaName().startsWith("sluice-loop-"));

            RecordedEvent connect = of("sluice.Connect", events).getFirst();
            assertEquals(1, connect.getLong("id"));
            assertEquals(1, connect.getInt("attempt"));
            assertEquals("connected", connect.getString("result"));
            // A connection keeps its connect time in microseconds.
            assertEquals(connection.getDuration("connectTime"),
                    connect.getDuration("time").truncatedTo(ChronoUnit.MICROS));
        }
    }

    @Test
    void theFrequentOnesAreOffUnlessARecordingAsksForThem() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            List<RecordedEvent> events = recorded(() -> {
                try (TestingClient client = proxy.connect()) {
                    client.roundTrip("x");
                }
                proxy.awaitIdle();
            });
            assertEquals(List.of(), events);
        }
    }

    @Test
    void theRareOnesAreOn() throws Exception {
        Events events = new Events();
        List<RecordedEvent> recorded = recorded(() -> {
            events.endpoint("web", "10.0.0.1:443", false, "refused");
            events.stall(1, "filter 'audit'", 250_000_000, new Throwable().getStackTrace());
            events.reload(7, 8, "applied", 3_000_000, "ok");
            FlightEvents.generation(7, "retired", 12, 4_000_000);
        });
        RecordedEvent endpoint = of("sluice.EndpointState", recorded).getFirst();
        assertEquals("up", endpoint.getString("from"));
        assertEquals("down", endpoint.getString("to"));
        assertEquals("refused", endpoint.getString("why"));
        RecordedEvent stall = of("sluice.LoopStall", recorded).getFirst();
        assertEquals(Duration.ofMillis(250), stall.getDuration("time"));
        assertTrue(stall.getString("stack").contains("theRareOnesAreOn"), stall.getString("stack"));
        RecordedEvent reload = of("sluice.Reload", recorded).getFirst();
        assertEquals(8, reload.getLong("to"));
        assertEquals("applied", reload.getString("result"));
        RecordedEvent generation = of("sluice.Generation", recorded).getFirst();
        assertEquals(12, generation.getLong("connections"));
        assertEquals("retired", generation.getString("state"));
    }

    @Test
    void loopsOnceASecondWhileTheyTurn() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().loops(1).endpoint(upstream).start();
                TestingClient client = proxy.connect()) {
            List<RecordedEvent> seen = recorded(() -> {
                long until = System.nanoTime() + Duration.ofMillis(2500).toNanos();
                Await.until("two and a half seconds of work", () -> {
                    client.roundTrip("x");
                    return System.nanoTime() > until;
                });
            }, "sluice.LoopTurn");
            assertFalse(seen.isEmpty());
            assertTrue(seen.size() <= 3, seen::toString);
            RecordedEvent turn = seen.getLast();
            assertEquals(0, turn.getInt("loop"));
            assertEquals(1, turn.getLong("connections"));
            assertTrue(turn.getLong("turns") > 0);
        }
    }

    /** While nothing records. */
    @Test
    void checksAllocateNothing() {
        Journal journal = new Journal(new Events());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int wanted = 0;
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100_000; i++) {
            wanted += journal.wantsEnd(CloseReason.CLIENT_FINISHED) || FlightEvents.connects() ? 1 : 0;
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(0, wanted);
        assertTrue(allocated < 10_000, allocated + " bytes for 100,000 checks");
    }
}
