package dev.sluice.runtime.observe;

import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.api.CloseReason;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AccessQueueTest {
    private static final UnixDomainSocketAddress CLIENT = UnixDomainSocketAddress.of("");

    private static AccessEntry entry(int producer, long number) {
        return new AccessEntry(AccessEvent.END, 0, number, "l", CLIENT, null, null, null, Findings.NONE, producer, 0, 0,
                0,
                CloseReason.OPERATOR, 1);
    }

    @Test
    void holdsExactlyItsCapacityInOrder() {
        AccessQueue queue = new AccessQueue(3);
        for (int round = 0; round < 10; round++) {
            assertTrue(queue.isEmpty());
            for (int i = 0; i < 3; i++) {
                assertTrue(queue.offer(entry(0, i)));
            }
            assertFalse(queue.offer(entry(0, 3)));
            assertFalse(queue.isEmpty());
            for (int i = 0; i < 3; i++) {
                AccessEntry next = queue.poll();
                assertNotNull(next);
                assertEquals(i, next.id());
            }
            assertNull(queue.poll());
        }
    }

    @Test
    void manyProducersLoseNothingThatWasAccepted() throws InterruptedException {
        int producers = 4;
        int each = 200_000;
        AccessQueue queue = new AccessQueue(100);
        AtomicInteger refused = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            int producer = p;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 1; i <= each; i++) {
                    if (!queue.offer(entry(producer, i))) {
                        refused.incrementAndGet();
                    }
                }
            }));
        }
        long[] last = new long[producers];
        int seen = 0;
        while (true) {
            boolean over = threads.stream().noneMatch(Thread::isAlive);
            AccessEntry next;
            while ((next = queue.poll()) != null) {
                int producer = (int) next.bytesUp();
                assertTrue(next.id() > last[producer], "order of producer " + producer);
                last[producer] = next.id();
                seen++;
            }
            if (over) {
                break;
            }
        }
        assertEquals(producers * each, seen + refused.get(), () -> Arrays.toString(last));
        assertTrue(seen > 0);
    }
}
