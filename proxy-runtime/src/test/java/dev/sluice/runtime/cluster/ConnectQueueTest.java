package dev.sluice.runtime.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectQueueTest {
    private final ConnectQueue queue = new ConnectQueue();
    private final List<String> called = new ArrayList<>();

    private final class Client implements ConnectQueue.Waiting {
        private final String name;

        Client(String name) {
            this.name = name;
        }

        @Override
        public void onCall() {
            called.add(name);
        }
    }

    @Test
    void theFirstOneThatCameIsCalledFirst() {
        for (String name : List.of("a", "b", "c")) {
            assertTrue(queue.add(new Client(name), 3));
        }
        assertFalse(queue.add(new Client("d"), 3));
        assertEquals(3, queue.length());
        queue.wake();
        assertEquals(List.of("a"), called);
        queue.wake();
        queue.wake();
        queue.wake();
        assertEquals(List.of("a", "b", "c"), called);
        assertEquals(0, queue.length());
    }

    @Test
    void oneThatFoundNoPlaceIsTheFirstAgain() {
        Client a = new Client("a");
        queue.add(a, 9);
        queue.add(new Client("b"), 9);
        assertTrue(queue.isFirst(a));
        queue.wake();
        assertFalse(queue.isFirst(a));
        queue.addFirst(a);
        assertTrue(queue.isFirst(a));
        queue.wake();
        queue.wake();
        assertEquals(List.of("a", "a", "b"), called);
    }

    @Test
    void oneThatLeavesIsNotCalled() {
        List<Client> clients = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            Client client = new Client(name);
            clients.add(client);
            queue.add(client, 9);
        }
        assertTrue(queue.leave(clients.get(1)));
        assertFalse(queue.leave(clients.get(1)));
        assertTrue(queue.leave(clients.get(3)));
        assertEquals(2, queue.length());
        queue.wake();
        assertFalse(queue.leave(clients.get(0)), "it was called: the turn is its to pass on");
        queue.wake();
        assertEquals(List.of("a", "c"), called);
        assertTrue(queue.add(clients.get(3), 9));
        queue.wake();
        assertEquals(List.of("a", "c", "d"), called);
    }

    /** Four threads that take a place, or wait for one, and give it back: nobody waits for ever. */
    @Test
    void noWakeUpIsLost() throws Exception {
        int rounds = 25_000;
        AtomicInteger places = new AtomicInteger(2);
        AtomicInteger most = new AtomicInteger();
        TestingEndpoints.together(4, thread -> {
            Semaphore turn = new Semaphore(0);
            ConnectQueue.Waiting me = new ConnectQueue.Waiting() {
                @Override
                public void onCall() {
                    turn.release();
                }
            };
            for (int round = 0; round < rounds; round++) {
                boolean waiting = false;
                while (!take(places)) {
                    if (waiting) {
                        queue.addFirst(me);
                    } else {
                        queue.add(me, 4);
                        waiting = true;
                    }
                    if (places.get() > 0) {
                        queue.wake();
                    }
                    assertTrue(turn.tryAcquire(20, java.util.concurrent.TimeUnit.SECONDS), "a wake-up was lost");
                }
                if (places.get() > 0) {
                    queue.wake();
                }
                most.accumulateAndGet(2 - places.get(), Math::max);
                places.incrementAndGet();
                queue.wake();
            }
        });
        assertEquals(2, places.get());
        assertEquals(0, queue.length());
        assertTrue(most.get() <= 2);
    }

    private static boolean take(AtomicInteger places) {
        for (int seen = places.get(); seen > 0; seen = places.get()) {
            if (places.compareAndSet(seen, seen - 1)) {
                return true;
            }
        }
        return false;
    }
}
