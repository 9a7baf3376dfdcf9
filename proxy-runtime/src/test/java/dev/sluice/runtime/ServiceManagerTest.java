package dev.sluice.runtime;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingFilter;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.transport.epoll.TestingNotifySocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A server under a service manager. */
@EnabledOnOs(OS.LINUX)
class ServiceManagerTest {
    @TempDir
    Path directory;

    private static List<String> firstAssignments(TestingNotifySocket manager) {
        return manager.received().stream().map(message -> message.lines().findFirst().orElse("")).toList();
    }

    @Test
    void aServerReportsItsLife() throws Exception {
        Ledger ledger = Ledger.open();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingNotifySocket manager = new TestingNotifySocket(directory.resolve("notify").toString())) {
            String yaml = TestingProxy.builder().endpoint(upstream).yaml();
            try (ProxyServer server = ProxyServer.builder().config(yaml)
                    .serviceManager(Map.of("NOTIFY_SOCKET", manager.address())).start()) {
                server.reload(yaml);
                assertEquals(List.of(), manager.received());
                server.reportReady();
                assertEquals(List.of("READY=1\nSTATUS=serving generation 1"), manager.received());
                manager.clear();
                server.reload(yaml.replace("edge", "other"));
                assertEquals(List.of("RELOADING=1", "READY=1"), firstAssignments(manager));
                assertEquals("READY=1\nSTATUS=serving generation 2", manager.received().getLast());
                manager.clear();
                assertThrows(ConfigurationException.class, () -> server.reload("listeners: 1"));
                assertEquals(List.of("RELOADING=1", "READY=1"), firstAssignments(manager));
                assertEquals("READY=1\nSTATUS=serving generation 2; the last reload was refused, see the log",
                        manager.received().getLast());
                manager.clear();
                server.drain(Duration.ofSeconds(1));
                assertEquals("STOPPING=1", firstAssignments(manager).getFirst());
            }
            assertEquals(List.of("STOPPING=1"),
                    firstAssignments(manager).stream().filter(first -> !first.startsWith("EXTEND")).toList());
        }
        ledger.settle();
    }

    @Test
    void whoDoesNotAskForItReportsNothing() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            proxy.server().reportReady();
        }
    }

    @Test
    void theWatchdogHearsOfALoopThatIsStuck() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CountDownLatch stuck = new CountDownLatch(1);
        TestingFilter filter = new TestingFilter("stuck", FilterTraits.connectionOnly(), connection -> {
            stuck.countDown();
            Await.until("the test to be over", () -> over.getCount() == 0);
            return new ConnectionFilter() {
            };
        });
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingNotifySocket manager = new TestingNotifySocket(directory.resolve("notify").toString());
                ProxyServer server = ProxyServer.builder()
                        .config(TestingProxy.builder().filter(filter).endpoint(upstream).yaml()).filter(filter)
                        .serviceManager(Map.of("NOTIFY_SOCKET", manager.address(), "WATCHDOG_USEC", "100000"))
                        .start()) {
            server.reportReady();
            // Nobody is connected: the loops sleep.
            manager.await(message -> message.equals("WATCHDOG=1\nSTATUS=serving generation 1, open connections: 0"));
            TestingClient client = TestingClient.connect(server, "edge");
            stuck.await();
            assertFalse(server.engine().operations().loops().allAnswer(Duration.ofMillis(100)));
            manager.clear();
            assertFalse(server.engine().operations().loops().allAnswer(Duration.ofMillis(300)));
            assertEquals(List.of(), manager.received());
            over.countDown();
            client.close();
            manager.await(message -> message.startsWith("WATCHDOG=1"));
            assertTrue(server.engine().operations().loops().allAnswer(Duration.ofSeconds(10)));
        }
    }

    @Test
    void aVariableThatCannotBeUnderstoodIsRefused() throws Exception {
        Ledger ledger = Ledger.open();
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            ProxyServer.Builder server = ProxyServer.builder().config(TestingProxy.builder().endpoint(upstream).yaml())
                    .serviceManager(Map.of("NOTIFY_SOCKET", "/nowhere", "WATCHDOG_USEC", "soon"));
            StartException refused = assertThrows(StartException.class, server::start);
            assertTrue(String.valueOf(refused.getMessage()).contains("WATCHDOG_USEC"), refused::getMessage);
        }
        ledger.settle();
    }
}
