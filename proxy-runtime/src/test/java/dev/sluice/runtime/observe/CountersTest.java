package dev.sluice.runtime.observe;

import java.lang.management.ManagementFactory;
import java.util.List;

import com.sun.management.ThreadMXBean;
import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CountersTest {
    @Test
    void aListenerIsTheSumOfItsLoops() {
        ListenerCounters first = new ListenerCounters("edge");
        ListenerCounters second = new ListenerCounters("edge");
        first.accepted();
        first.accepted();
        first.proxied();
        first.bytes(Direction.CLIENT_TO_UPSTREAM, 10);
        first.closed(CloseReason.CLIENT_FINISHED);
        second.accepted();
        second.failed();
        second.closed(CloseReason.CONNECT_FAILED);
        second.bytes(Direction.CLIENT_TO_UPSTREAM, 5);
        second.bytes(Direction.UPSTREAM_TO_CLIENT, 7);
        second.acceptError();

        ListenerTotals totals = ListenerTotals.sum(List.of(first, second));

        assertEquals(3, totals.accepted());
        assertEquals(1, totals.active());
        assertEquals(1, totals.proxied());
        assertEquals(1, totals.failed());
        assertEquals(1, totals.acceptErrors());
        assertEquals(15, totals.bytes().get(Direction.CLIENT_TO_UPSTREAM));
        assertEquals(7, totals.bytes().get(Direction.UPSTREAM_TO_CLIENT));
        for (CloseReason reason : CloseReason.values()) {
            boolean seen = reason == CloseReason.CLIENT_FINISHED || reason == CloseReason.CONNECT_FAILED;
            assertEquals(seen ? 1 : 0, totals.closed().get(reason), reason.label());
        }
        assertEquals("edge", first.listener());
    }

    @Test
    void everyReasonAndDirectionHasItsOwnCounter() {
        ListenerCounters counters = new ListenerCounters("edge");
        int times = 1;
        for (CloseReason reason : CloseReason.values()) {
            for (int i = 0; i < times; i++) {
                counters.closed(reason);
            }
            times++;
        }
        counters.bytes(Direction.CLIENT_TO_UPSTREAM, 1000);
        counters.bytes(Direction.UPSTREAM_TO_CLIENT, 2000);
        times = 1;
        for (CloseReason reason : CloseReason.values()) {
            assertEquals(times++, counters.closedCount(reason), reason.label());
        }
        assertEquals(1000, counters.byteCount(Direction.CLIENT_TO_UPSTREAM));
        assertEquals(2000, counters.byteCount(Direction.UPSTREAM_TO_CLIENT));
        assertEquals(0, counters.acceptedCount());
        assertEquals(0, counters.acceptErrorCount());
    }

    @Test
    void readersNeverSeeMoreClosedThanAccepted() throws InterruptedException {
        ListenerCounters counters = new ListenerCounters("edge");
        int connections = 2_000_000;
        Thread loop = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < connections; i++) {
                counters.accepted();
                counters.closed(CloseReason.CLIENT_FINISHED);
            }
        });
        long last = 0;
        while (loop.isAlive()) {
            assertTrue(counters.active() >= 0);
            long now = counters.acceptedCount();
            assertTrue(now >= last);
            last = now;
        }
        loop.join();
        assertEquals(0, counters.active());
        assertEquals(connections, counters.closedCount(CloseReason.CLIENT_FINISHED));
    }

    @Test
    void connectTimesFallIntoTheBucketWhoseBoundTheyDoNotExceed() {
        ConnectCounters counters = new ConnectCounters("web");
        counters.connected(0);
        counters.connected(100_000);
        counters.connected(100_001);
        counters.connected(10_000_000_000L);
        counters.connected(10_000_000_001L);
        counters.failed(ConnectFailure.TIMEOUT);

        ConnectTotals totals = ConnectTotals.sum(List.of(counters, new ConnectCounters("web")));

        int buckets = ConnectCounters.bucketCount();
        assertEquals(2, totals.buckets().get(0));
        assertEquals(1, totals.buckets().get(1));
        assertEquals(1, totals.buckets().get(buckets - 2));
        assertEquals(1, totals.buckets().get(buckets - 1));
        assertEquals(5, totals.connected());
        assertEquals(20_000_200_002L, totals.sumNanos());
        assertEquals(0.0001, ConnectCounters.bucketUpperBoundSeconds(0));
        assertEquals(10, ConnectCounters.bucketUpperBoundSeconds(buckets - 2));
        assertEquals(Double.POSITIVE_INFINITY, ConnectCounters.bucketUpperBoundSeconds(buckets - 1));
        for (ConnectFailure failure : ConnectFailure.values()) {
            assertEquals(failure == ConnectFailure.TIMEOUT ? 1 : 0, totals.failures().get(failure), failure.label());
        }
    }

    @Test
    void countingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ListenerCounters listener = new ListenerCounters("edge");
        ConnectCounters connect = new ConnectCounters("web");
        count(listener, connect, 20_000); // class loading and compilation may allocate
        long before = threads.getCurrentThreadAllocatedBytes();
        count(listener, connect, 100_000);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 1_000, allocated + " bytes for 100,000 connections");
    }

    private static void count(ListenerCounters listener, ConnectCounters connect, int times) {
        for (int i = 0; i < times; i++) {
            listener.accepted();
            listener.proxied();
            listener.bytes(Direction.UPSTREAM_TO_CLIENT, i);
            listener.closed(CloseReason.UPSTREAM_RESET);
            connect.connected(i * 1_000L);
            connect.failed(ConnectFailure.REFUSED);
        }
    }
}
