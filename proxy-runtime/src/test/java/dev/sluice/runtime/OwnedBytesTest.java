package dev.sluice.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.observe.ConnectionQuery;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.MemoryView;
import dev.sluice.runtime.observe.OwnedView;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.transport.SocketQueues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The memory of connections by owner, beside the ledger of the process. */
@Timeout(60)
class OwnedBytesTest {
    private static List<ConnectionView> all(TestingProxy proxy) {
        return proxy.server().engine().view().connections(0, 1000);
    }

    /** What the connections own is what the process has lent, to the byte. */
    private static void assertBalanced(TestingProxy proxy) {
        ProxyView view = proxy.server().engine().view();
        long owned = 0;
        long pipes = 0;
        for (ConnectionView connection : all(proxy)) {
            owned += connection.bufferBytesOwned() - connection.owned().pipe();
            pipes += connection.owned().pipe();
        }
        MemoryView memory = MemoryView.sum(view.loops());
        assertEquals(memory.borrowedBytes() + memory.stashBytes(), owned);
        assertEquals(proxy.stats().pipesBorrowed() > 0, pipes > 0);
    }

    @Test
    void anIdleConnectionOwnsNothing() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            client.roundTrip("hello");
            assertEquals(OwnedView.NOTHING, all(proxy).getFirst().owned());
            assertEquals(0, all(proxy).getFirst().bufferBytesOwned());
            assertBalanced(proxy);
        }
    }

    /** Endpoints send until nothing moves, and nobody reads: by buffers, and with pipes. */
    @Test
    void slowReceiversOwnWhatWaitsForThem() throws Exception {
        for (String memory : List.of("memory: { readBuffer: 16KiB, pool: 256KiB, stash: 1MiB, pipes: 0 }",
                "memory: { readBuffer: 16KiB, pool: 1MiB, stash: 1MiB }")) {
            try (TestingUpstream upstream = TestingUpstream.start(client -> {
                client.getInputStream().read();
                for (byte[] some = new byte[64 << 10];;) {
                    client.getOutputStream().write(some);
                }
            });
                    TestingProxy proxy = TestingProxy.builder().with(memory).endpoint(upstream).start()) {
                List<TestingClient> clients = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    TestingClient client = proxy.connect();
                    client.send("go");
                    clients.add(client);
                }
                Await.until("all to wait", () -> all(proxy).stream().allMatch(each -> each.bufferBytesOwned() > 0));
                awaitRest(proxy);
                assertSlow(proxy);
                for (TestingClient client : clients) {
                    client.reset();
                }
                proxy.awaitIdle();
                assertBalanced(proxy);
            }
        }
    }

    private static void assertSlow(TestingProxy proxy) {
        assertBalanced(proxy);
        for (ConnectionView each : all(proxy)) {
            OwnedView owned = each.owned();
            assertEquals(owned.borrowed() + owned.residue() + owned.pipe(), each.bufferBytesOwned());
            SocketQueues queues = each.clientQueues();
            assertTrue(queues == null || queues.send() > 0, "the kernel is full too: " + each);
        }
        long most = all(proxy).stream().mapToLong(ConnectionView::bufferBytesOwned).max().orElseThrow();
        assertEquals(most, proxy.server().engine().view()
                .connections(new ConnectionQuery(Selection.ALL, Fact.BYTES_OWNED, 0, 1)).getFirst().bufferBytesOwned());
    }

    private static void awaitRest(TestingProxy proxy) {
        Await.until("nothing to move", () -> all(proxy).stream()
                .allMatch(each -> each.idleNanos() > Duration.ofMillis(300).toNanos()));
    }

    private static TestingFilter filter(String type, boolean retains) {
        FilterTraits traits = FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM).holds(8_000, Duration.ofMinutes(1));
        return new TestingFilter(type, retains ? traits.retains(100) : traits, connection -> new ConnectionFilter() {
            @Override
            public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
                if (retains) {
                    context.retain(bytes, 0, 10, "audit");
                    bytes.forwardAll();
                    return DataAction.DETACH;
                }
                return DataAction.CONTINUE;
            }
        });
    }

    /** The first filter passes all on and keeps a copy; the second one has the bytes. */
    @Test
    void filtersOwnWhatTheyHoldAndRetain() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(upstream).filter(filter("copies", true))
                        .filter(filter("holds", false)).start();
                TestingClient client = proxy.connect()) {
            client.send("x".repeat(3_000));
            Await.until("the bytes to be held", () -> !all(proxy).getFirst().owned().held().isEmpty());
            OwnedView owned = all(proxy).getFirst().owned();
            assertEquals(Map.of("copies", 10L), owned.retained());
            assertEquals(Map.of("holds", owned.sum()), owned.held());
            assertTrue(owned.sum() >= 3_000, owned.toString());
            assertBalanced(proxy);
        }
    }
}
