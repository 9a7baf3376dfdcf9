package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.Journal;
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

/** Order, pages and their cost, on relays that were never started. */
class RelayListTest {
    private static final int BUDGET = 100;

    private final RelayList list = new RelayList();
    private final TreeMap<Long, Relay> model = new TreeMap<>();
    private final BufferPool pool = new BufferPool(new MemoryBounds(16 << 10, 1 << 20, 1 << 20, 0), 1);
    private final StreamSocket socket = mock(StreamSocket.class);
    private final Serving listener = new Serving(new ListenerGeneration(new ListenerState("edge", 1),
            new RelaySettings(1, 1, 1, 1, 1, 0, 0, 1, new SocketOptions(true, 0, 0, 0, 0), null, null),
            new ChainPlan("edge", List.of(), false), new OpenConnections(1), 1),
            new Routes(List.of(), Map.of()));
    private EventLoop loop;
    private Worker worker;
    private long looks;

    @BeforeEach
    void open() throws Exception {
        Transport transport = new NioTransport();
        loop = new EventLoop(0, "sluice-list", transport.openPoller(), pool.share(0), () -> {});
        try (DescriptorReserve reserve = new DescriptorReserve(transport, new Events())) {
            worker = new Worker(loop, new ConnectionLimit("process"), reserve, new SelfConnections(address -> false),
                    new Journal(new Events()));
        }
    }

    @AfterEach
    void close() {
        loop.stop();
        pool.close();
    }

    private void add(long id) {
        Relay relay = new Relay(worker, listener, id, socket);
        model.put(id, relay);
        list.add(relay);
    }

    private void remove(long id) {
        list.remove(Objects.requireNonNull(model.remove(id)));
    }

    /** The ids of a page; counts the relays that were looked at. */
    private List<Long> page(long after, int size) {
        List<Long> ids = new ArrayList<>();
        RelayList.Walk walk = list.walk(after);
        long passed = after;
        while (ids.size() < size) {
            int left = list.seek(walk, passed, BUDGET);
            looks += BUDGET - left;
            if (left > 0) {
                Relay found = walk.found();
                if (found == null) {
                    break;
                }
                passed = found.id();
                ids.add(passed);
            }
        }
        list.end(walk);
        return ids;
    }

    private List<Long> expected(long after, int size) {
        return model.tailMap(after, false).keySet().stream().limit(size).toList();
    }

    @Test
    void keepsTheOrderOfIdsHoweverTheyArrive() {
        for (long id : new long[]{3, 1, 2, 9, 7, 8, 4}) {
            add(id);
        }
        assertEquals(List.of(1L, 2L, 3L, 4L, 7L, 8L, 9L), page(0, 100));
        assertEquals(List.of(), page(9, 100));
    }

    @Test
    void anEmptyListHasAnEmptyPage() {
        assertEquals(List.of(), page(0, 10));
        add(5);
        assertEquals(List.of(5L), page(0, 10));
        remove(5);
        assertEquals(List.of(), page(0, 10));
    }

    /** Thousands of relays lie before the last page: it costs what the first one costs. */
    @Test
    void aPageCostsWhatAPageCosts() {
        int relays = 20_000;
        int size = 50;
        for (long id = 1; id <= relays; id++) {
            add(id * 2);
        }
        for (long after = 0; after < 2L * relays;) {
            looks = 0;
            List<Long> page = page(after, size);
            assertEquals(expected(after, size), page);
            assertTrue(looks <= size + 2, looks + " relays were looked at for the page after " + after);
            after = page.getLast();
        }
    }

    @Test
    void severalReadersTurnTheirPagesAtOnce() {
        for (long id = 1; id <= 4000; id++) {
            add(id);
        }
        for (int turn = 0; turn < 20; turn++) {
            for (int reader = 0; reader < 4; reader++) {
                long after = reader * 1000L + turn * 20L;
                looks = 0;
                assertEquals(expected(after, 20), page(after, 20));
                assertTrue(turn == 0 || looks <= 22, looks + " relays were looked at by reader " + reader);
            }
        }
    }

    @Test
    void findsWhatATreeFindsWhileRelaysComeAndGo() {
        Random random = new Random(7);
        long last = 0;
        for (int step = 0; step < 20_000; step++) {
            int choice = random.nextInt(10);
            if (choice < 4) {
                last++;
                long id = last + random.nextInt(3);
                if (!model.containsKey(id)) {
                    add(id);
                }
            } else if (choice < 7 && !model.isEmpty()) {
                Long id = model.ceilingKey((long) random.nextInt((int) last + 1));
                remove(id == null ? model.firstKey() : id);
            } else {
                long after = random.nextInt((int) last + 5);
                assertEquals(expected(after, 7), page(after, 7));
            }
        }
    }

    /** A walk that is under way when the relay that it stands at ends. */
    @Test
    void aWalkGoesOnWhenItsPlaceEnds() {
        for (long id = 1; id <= 300; id++) {
            add(id);
        }
        RelayList.Walk walk = list.walk(150);
        assertEquals(0, list.seek(walk, 150, 20), "not there yet");
        for (long id = 10; id <= 160; id++) {
            remove(id);
        }
        int left = 0;
        for (int steps = 0; left == 0 && steps < 100; steps++) {
            left = list.seek(walk, 150, 20);
        }
        assertEquals(161, Objects.requireNonNull(walk.found()).id());
    }
}
