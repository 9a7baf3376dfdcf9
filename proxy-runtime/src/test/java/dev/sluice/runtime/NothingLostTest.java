package dev.sluice.runtime;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Clients that connect while a listener moves, or while the server stops: each is served or refused, none is accepted by
 * the kernel and then reset. Only a transport that can hold back handshakes promises that.
 */
class NothingLostTest {
    private static final int CALLERS = 3;
    private static final int MOVES = 6;

    private final AtomicBoolean stop = new AtomicBoolean();
    /** Whether the server is about to refuse clients. */
    private final AtomicBoolean ending = new AtomicBoolean();
    private final AtomicInteger served = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> callers = new ArrayList<>();

    private static String yaml(String listen, TestingUpstream upstream) {
        return """
                runtime: { eventLoops: 2, transport: %s }
                listeners: [ { name: edge, listen: "%s", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "%s" } ] } ]
                """.formatted(TestingTransport.realName(), listen, upstream.address());
    }

    private void call(InetSocketAddress address) {
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    try (TestingClient client = TestingClient.connect(address)) {
                        assertEquals("hello", client.roundTrip("hello"));
                        served.incrementAndGet();
                    } catch (ConnectException refused) {
                        if (!ending.get()) {
                            failures.add(refused);
                        }
                        return;
                    } catch (IOException | RuntimeException | Error e) {
                        failures.add(e);
                    }
                }
            }));
        }
        Await.until("clients to be served", () -> served.get() > 20);
    }

    private void awaitCallers() throws InterruptedException {
        for (Thread caller : callers) {
            caller.join();
        }
    }

    @Test
    void aListenerMovesBetweenTheWildcardAndAnAddress() throws Exception {
        assumeTrue(TestingTransport.realHearsResets(), "epoll");
        Ledger ledger = Ledger.open();
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder().config(yaml("127.0.0.1:0", upstream)).start()) {
            InetSocketAddress address = (InetSocketAddress) server.address("edge");
            call(address);
            for (int move = 0; move < MOVES; move++) {
                int before = served.get();
                String host = move % 2 == 0 ? "0.0.0.0" : "127.0.0.1";
                assertTrue(server.reload(yaml(host + ":" + address.getPort(), upstream)).applied());
                Await.until("clients to be served after move " + move, () -> served.get() > before + 20);
            }
            stop.set(true);
            awaitCallers();
            assertEquals(List.of(), List.copyOf(failures), "of " + served.get() + " connects");
        }
        ledger.settle();
    }

    @Test
    void aServerStops() throws Exception {
        assumeTrue(TestingTransport.realHearsResets(), "epoll");
        Ledger ledger = Ledger.open();
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder().config(yaml("127.0.0.1:0", upstream)).start()) {
            call((InetSocketAddress) server.address("edge"));
            ending.set(true);
            DrainResult drained = server.drain(Duration.ofSeconds(20));
            awaitCallers();
            assertEquals(0, drained.cut());
            assertEquals(List.of(), List.copyOf(failures), "of " + served.get() + " connects");
        }
        ledger.settle();
    }
}
