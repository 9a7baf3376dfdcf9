package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

/** Walks and searches over thousands of relays that were never started, on a loop that turns. */
@Timeout(60)
class ConnectionSearchTest {
    private static final int RELAYS = 5_000;

    private final StreamSocket socket = mock(StreamSocket.class, withSettings().stubOnly());
    private final Journal journal = new Journal(new Events());
    private final BufferPool pool = new BufferPool(new MemoryBounds(16 << 10, 1 << 20, 1 << 20, 0), 1);
    private final Serving listener = new Serving(new ListenerGeneration(new ListenerState("edge", 1),
            new RelaySettings(1, 1, 1, 1, 1, 0, 0, 1, new SocketOptions(true, 0, 0, 0, 0), null, null),
            new ChainPlan("edge", List.of(), false), new OpenConnections(1), 1), new Routes(List.of(), Map.of()));
    /** By id. Only used on the loop. */
    private final TreeMap<Long, Relay> relays = new TreeMap<>();
    private EventLoop loop;
    private Worker worker;
    private ConnectionSearch search;

    @BeforeEach
    void open() throws Exception {
        Transport transport = new NioTransport();
        loop = new EventLoop(0, "sluice-search", transport.openPoller(), pool.share(0), () -> {});
        try (DescriptorReserve reserve = new DescriptorReserve(transport, new Events())) {
            worker = new Worker(loop, new ConnectionLimit("process"), reserve, new SelfConnections(address -> false),
                    journal);
        }
        search = new ConnectionSearch(worker);
        loop.start();
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            for (long id = 1; id <= RELAYS; id++) {
                add(id * 2);
            }
            done.complete(null);
        });
        done.join();
    }

    @AfterEach
    void close() {
        assertTrue(loop.stop());
        journal.close();
        pool.close();
    }

    private void add(long id) {
        Relay relay = new Relay(worker, listener, id, socket);
        relays.put(id, relay);
        worker.add(relay);
    }

    private void remove(long id) {
        worker.remove(Objects.requireNonNull(relays.remove(id)));
    }

    private static List<Long> ids(List<RankedConnection> found) {
        return found.stream().map(RankedConnection::id).toList();
    }

    /**
     * At every tenth relay the one that the walk stands on ends, or its neighbours, or many at once; others begin before and
     * behind it. All that were there from begin to end are seen once, in order, and none that had ended.
     */
    @Test
    void aWalkSeesEachRelayThatStaysExactlyOnce() {
        Random random = new Random(17);
        List<Long> seen = new ArrayList<>();
        Set<Long> ended = new HashSet<>();
        Set<Long> begun = new HashSet<>();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        worker.walk(0, answer, connection -> {
            long id = connection.id();
            assertTrue(relays.containsKey(id), "ended before");
            seen.add(id);
            if (random.nextInt(10) == 0) {
                for (long near = id - random.nextInt(4); near <= id + random.nextInt(40); near++) {
                    if (relays.containsKey(near)) {
                        remove(near);
                        ended.add(near);
                    }
                }
                long other = 2L * random.nextInt(RELAYS) + 1;
                if (!relays.containsKey(other) && !ended.contains(other)) {
                    add(other);
                    begun.add(other);
                }
            }
            return ConnectionVisitor.LOOK;
        }, () -> answer.complete(true));
        assertTrue(answer.join());
        assertEquals(seen.stream().sorted().distinct().toList(), seen, "in order, and none twice");
        assertTrue(ended.size() > 1000 && begun.size() > 100, ended.size() + " ended, " + begun.size() + " began");
        Set<Long> stayed = new HashSet<>(LongStream.rangeClosed(1, RELAYS).map(i -> i * 2).boxed().toList());
        stayed.removeAll(ended);
        assertTrue(seen.containsAll(stayed), "all that stayed");
        stayed.addAll(ended);
        stayed.addAll(begun);
        assertTrue(stayed.containsAll(seen), "and no others");
    }

    /** The turns of the loop, on which it serves its sockets, from now until a search has ended. */
    private CompletableFuture<Long> turnsUntil(CompletableFuture<?> answer) {
        CompletableFuture<Long> turns = new CompletableFuture<>();
        loop.execute(new Runnable() {
            private long count;

            @Override
            public void run() {
                if (answer.isDone()) {
                    turns.complete(count);
                } else {
                    count++;
                    loop.executeNextTurn(this);
                }
            }
        });
        return turns;
    }

    @Test
    void aSearchNeverKeepsTheLoop() {
        List<RankedConnection> shown = search.page(Selection.ALL, 0, 100).join();
        CompletableFuture<Void> gate = new CompletableFuture<>();
        loop.execute(gate::join);
        CompletableFuture<Long> count = search.count(Selection.ALL);
        CompletableFuture<Long> turnsOfCount = turnsUntil(count);
        CompletableFuture<List<ConnectionView>> page = search.views(shown);
        CompletableFuture<Long> turnsOfPage = turnsUntil(page);
        gate.complete(null);
        assertEquals((long) RELAYS, count.join());
        assertTrue(turnsOfCount.join() >= RELAYS / ConnectionVisitor.TURN, () -> turnsOfCount + " turns of a count");
        int least = 100 * ConnectionVisitor.VIEW / ConnectionVisitor.TURN;
        assertTrue(turnsOfPage.join() >= least, () -> turnsOfPage + " turns of a page");
    }

    @Test
    void pagesByIdAreThoseOfASortedList() {
        List<Long> all = new ArrayList<>();
        long after = 0;
        while (true) {
            List<Long> page = ids(search.page(Selection.ALL, after, 700).join());
            if (page.isEmpty()) {
                break;
            }
            all.addAll(page);
            after = all.getLast();
        }
        assertEquals(LongStream.rangeClosed(1, RELAYS).map(i -> i * 2).boxed().toList(), all);
    }

    @Test
    void aConditionIsMetByAllOfAPage() {
        Selection few = new Selection.Numbers(Fact.ID, Selection.Order.AT_LEAST, 2L * RELAYS - 6);
        assertEquals(List.of(9_994L, 9_996L, 9_998L, 10_000L), ids(search.page(few, 0, 10).join()));
        assertEquals(List.of(9_996L, 9_998L), ids(search.page(few, 9_994, 2).join()));
        assertEquals(4, search.count(few).join());
        assertEquals(0, search.count(new Selection.Opposite(Selection.ALL)).join());
    }

    /** All were made in one turn of the loop, so they are of one age, and the first ones stay. */
    @Test
    void ofEqualOnesTheOldestAreShown() {
        List<RankedConnection> best = search.best(Selection.ALL, Fact.AGE, System.nanoTime(), 20).join();
        List<Long> first = LongStream.rangeClosed(1, 20).map(i -> i * 2).boxed().toList();
        assertEquals(first, best.stream().map(RankedConnection::id).sorted().toList());
        assertEquals(first, search.views(best).join().stream().map(ConnectionView::id).sorted().toList());
        assertEquals(List.of(), search.views(List.of()).join());
    }

    @Test
    void oneThatIsNotThereIsNotClosed() {
        assertEquals(false, search.close(7, CloseReason.OPERATOR).join());
    }
}
