package dev.sluice.runtime.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.AccessLogSetting;
import dev.sluice.runtime.observe.AccessLogTemplate;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.observe.TestingSink;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

/** Periodic entries when the journal is switched under open connections, on relays that were never started. */
class PeriodicEntriesTest {
    private final Journal journal = new Journal(new Events());
    private final BufferPool pool = new BufferPool(new MemoryBounds(16 << 10, 1 << 20, 1 << 20, 0), 1);
    private final Serving listener = new Serving(new ListenerGeneration(new ListenerState("edge", 1),
            new RelaySettings(1, 1, 1, 1, 1, 0, 0, 1, new SocketOptions(true, 0, 0, 0, 0), null, null),
            new ChainPlan("edge", List.of(), false), new OpenConnections(1), 1), new Routes(List.of(), Map.of()));
    private final List<Relay> relays = new ArrayList<>();
    private EventLoop loop;
    private Worker worker;

    @BeforeEach
    void open() throws Exception {
        Transport transport = new NioTransport();
        loop = new EventLoop(0, "sluice-periods", transport.openPoller(), pool.share(0), () -> {});
        try (DescriptorReserve reserve = new DescriptorReserve(transport, new Events())) {
            worker = new Worker(loop, new ConnectionLimit("process"), reserve, new SelfConnections(address -> false),
                    journal);
        }
        loop.start();
        onLoop(() -> {
            for (long id = 1; id <= 1000; id++) {
                Relay relay = new Relay(worker, listener, id, mock(StreamSocket.class));
                relays.add(relay);
                worker.add(relay);
            }
        });
    }

    @AfterEach
    void close() {
        assertTrue(loop.stop());
        journal.close();
        pool.close();
    }

    private void onLoop(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                task.run();
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        done.join();
    }

    private static AccessLogSetting every(Duration period, TestingSink sink) {
        return new AccessLogSetting(sink, AccessLogTemplate.parse("$id"), Set.of(AccessEvent.PERIODIC), period, false);
    }

    private static long lines(TestingSink sink) {
        return sink.text().lines().count();
    }

    @Test
    void connectionsThatWereThereBeforeHaveLinesToo() {
        TestingSink sink = new TestingSink();
        journal.switchTo(every(Duration.ofMillis(200), sink));
        Await.until("two lines for each", () -> lines(sink) >= 2000);
        assertEquals(1000, sink.text().lines().limit(1000).distinct().count(), "one each before anyone has two");
    }

    @Test
    void aShorterPeriodIsNotKeptWaitingByALongerOne() {
        TestingSink first = new TestingSink();
        TestingSink second = new TestingSink();
        journal.switchTo(every(Duration.ofHours(24), first));
        journal.switchTo(every(Duration.ofMillis(200), second));
        Await.until("a line for each", () -> lines(second) >= 1000);
        assertEquals("", first.text());
    }

    @Test
    void nothingTicksWithoutThemOrWithoutConnections() {
        TestingSink sink = new TestingSink();
        journal.switchTo(every(Duration.ofMillis(100), sink));
        Await.until("some lines", () -> lines(sink) >= 1000);
        journal.switchTo(AccessLogSetting.OFF);
        Await.equal("armed timers", 0, this::timers);

        journal.switchTo(every(Duration.ofMillis(100), new TestingSink()));
        Await.equal("armed timers", 1, this::timers);
        onLoop(() -> relays.forEach(worker::remove));
        Await.equal("armed timers", 0, this::timers);
        onLoop(() -> worker.add(new Relay(worker, listener, 2000, mock(StreamSocket.class))));
        Await.equal("armed timers", 1, this::timers);
    }

    private int timers() {
        CompletableFuture<Integer> armed = new CompletableFuture<>();
        loop.execute(() -> armed.complete(loop.timers().size()));
        return armed.join();
    }
}
