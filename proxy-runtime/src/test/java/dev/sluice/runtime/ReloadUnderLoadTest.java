package dev.sluice.runtime;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Faults 28 to 30 and 33: reloads under open connections and a stream of new ones. Small here; the full size (four
 * descriptors for each idle connection, because all ends are in this process) is {@code
 * -Dsluice.reload.count=1000 -Dsluice.reload.idle=4000 -Dsluice.reload.seconds=60}.
 */
class ReloadUnderLoadTest {
    private static final int RELOADS = Integer.getInteger("sluice.reload.count", FaultSize.of(100, 1_000));
    private static final int IDLE = Integer.getInteger("sluice.reload.idle", FaultSize.of(300, 4_000));
    private static final int SECONDS = Integer.getInteger("sluice.reload.seconds", FaultSize.of(6, 60));
    private static final long CONNECT_EVERY_NANOS = Duration.ofMillis(2).toNanos();

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connects = new AtomicInteger();
    private final AtomicBoolean stop = new AtomicBoolean();

    /** The n-th configuration: endpoints, a timeout and a limit change in turn. */
    private static String yaml(int n, TestingUpstream one, TestingUpstream two) {
        String endpoints = switch (n % 3) {
            case 0 -> "{ address: \"%s\" }".formatted(one.address());
            case 1 -> "{ address: \"%s\" }".formatted(two.address());
            default -> "{ address: \"%s\" }, { address: \"%s\", weight: 3 }".formatted(one.address(), two.address());
        };
        return """
                runtime: { eventLoops: 2, transport: %s }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: app, maxConnections: %d, timeouts: { idle: %dm } }
                clusters:
                  - { name: app, endpoints: [ %s ] }
                """.formatted(TestingTransport.realName(), 9_000 + n % 2, 10 + n / 5 % 2, endpoints);
    }

    private void connectInTurn(ProxyServer server) {
        long next = System.nanoTime();
        while (!stop.get()) {
            try (TestingClient client = TestingClient.connect(server, "edge")) {
                String text = "hello " + connects.incrementAndGet();
                assertEquals(text, client.roundTrip(text));
            } catch (IOException | RuntimeException | Error e) {
                failures.add(e);
            }
            next = Math.max(next + CONNECT_EVERY_NANOS, System.nanoTime());
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    @Test
    void nobodyNoticesReloads() throws Exception {
        Ledger ledger = Ledger.open();
        try (TestingUpstream one = TestingUpstream.echo(); TestingUpstream two = TestingUpstream.echo()) {
            List<TestingClient> idle = new ArrayList<>();
            try (ProxyServer server = ProxyServer.builder().config(yaml(0, one, two)).start()) {
                for (int i = 0; i < IDLE; i++) {
                    idle.add(TestingClient.connect(server, "edge"));
                }
                Await.equal("idle connections", IDLE, () -> server.stats().connectionsActive());
                Thread connecting = Thread.ofPlatform().start(() -> connectInTurn(server));
                Await.until("connects", () -> connects.get() > 20);
                long descriptors = Ledger.descriptors();

                int applied = reloadInTurn(server, one, two);
                assertEquals(RELOADS - 1, applied, "good ones applied");
                Await.value("generations alive", () -> server.engine().view().generationsAlive(), alive -> alive <= 3);

                stop.set(true);
                connecting.join();
                assertEquals(List.of(), List.copyOf(failures), "failures of " + connects.get() + " connects");
                for (TestingClient client : idle) {
                    assertEquals("still", client.roundTrip("still"));
                }
                assertTrue(Ledger.descriptors() <= descriptors + 4, "descriptors");
                assertEquals(0, server.stats().closed().get(CloseReason.NO_ENDPOINT));
                assertEquals(0, server.stats().closed().get(CloseReason.OPERATOR));
                for (TestingClient client : idle) {
                    client.close();
                }
                Await.equal("open connections", 0, () -> server.stats().connectionsActive());
            }
        }
        ledger.settle();
    }

    private int reloadInTurn(ProxyServer server, TestingUpstream one, TestingUpstream two) {
        int applied = 0;
        long pause = Duration.ofSeconds(SECONDS).toNanos() / RELOADS;
        long next = System.nanoTime();
        for (int n = 1; n < RELOADS; n++) {
            if (n % 4 == 0) {
                String broken = yaml(n, one, two).substring(0, 140 + n % 70);
                assertThrows(ConfigurationException.class, () -> server.reload(broken));
            }
            applied += server.reload(yaml(n, one, two)).applied() ? 1 : 0;
            next += pause;
            LockSupport.parkNanos(next - System.nanoTime());
        }
        return applied;
    }
}
