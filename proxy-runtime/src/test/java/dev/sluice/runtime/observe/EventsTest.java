package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class EventsTest {
    private final Events events = new Events();

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            events.add(Event.Kind.OPERATOR, "connection " + i, "closed");
        }
    }

    private List<Long> numbers(long after) {
        return events.after(after).stream().map(Event::number).toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void theLastOnesAreKept() {
        assertEquals(List.of(), numbers(0));
        add(3);
        assertEquals(range(1, 3), numbers(0));
        assertEquals(range(3, 3), numbers(2));
        assertEquals(List.of(), numbers(3));
        assertEquals(List.of(), numbers(Long.MAX_VALUE));
        add(997);
        assertEquals(range(1000 - Events.KEPT + 1, 1000), numbers(0));
        assertEquals(range(901, 1000), numbers(900));
        assertEquals("connection 996", events.after(999).getFirst().subject());
    }

    /** A reader that asks for what follows the last event it has seen sees each event, in order. */
    @Test
    void aReaderMissesNothing() throws Exception {
        int each = 20_000;
        List<Thread> writers = new ArrayList<>();
        List<Long> seen = new ArrayList<>();
        AtomicLong added = new AtomicLong();
        for (int i = 0; i < 3; i++) {
            writers.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < each; n++) {
                    events.add(Event.Kind.LIMIT, "listener edge", "full");
                    added.incrementAndGet();
                    // The reader must not be overtaken by a whole ring, or it would rightly miss some.
                    while (added.get() - last(seen) > Events.KEPT - 10) {
                        Thread.onSpinWait();
                    }
                }
            }));
        }
        while (last(seen) < 3L * each) {
            for (Event event : events.after(last(seen))) {
                synchronized (seen) {
                    seen.add(event.number());
                }
            }
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertEquals(range(1, 3L * each), seen);
    }

    private static long last(List<Long> seen) {
        synchronized (seen) {
            return seen.isEmpty() ? 0 : seen.getLast();
        }
    }

    @Test
    void eventsWithAMeaningOfTheirOwn() {
        events.endpoint("web", "10.0.0.1:443", false, "a connect failed: Connection refused");
        events.endpoint("web", "10.0.0.1:443", true, "a connect succeeded");
        events.stall(1, "filter 'audit'", 250_000_000, new StackTraceElement[0]);
        events.stall(0, null, 250_000_000, new StackTraceElement[0]);
        events.reload(7, 8, "applied", 1_000, "listener edge changed");
        events.refused(List.of(new PluginView("good", "1", "a.jar", List.of("x"), null),
                new PluginView("bad", null, "b.jar", List.of(), "plugin bad has no provider")));
        List<String> all = events.after(0).stream()
                .map(event -> event.kind().label() + " | " + event.subject() + " | " + event.text()).toList();
        assertEquals(List.of(
                "endpoint-down | cluster web, endpoint 10.0.0.1:443 | a connect failed: Connection refused",
                "endpoint-up | cluster web, endpoint 10.0.0.1:443 | a connect succeeded",
                "stall | event loop 1 | in one callback for 250 ms: filter 'audit'",
                "stall | event loop 0 | in one callback for 250 ms: the proxy's own code",
                "reload | generation 8 | applied: listener edge changed",
                "plugin | plugin bad | plugin bad has no provider"), all);
        assertTrue(
                events.after(0).getFirst().timeText().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
    }
}
