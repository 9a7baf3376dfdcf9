package dev.sluice.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.transport.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The life of a server: start, several at once, drain, close; faults 31 and 33. */
class ProxyServerTest {
    @Test
    void nothingIsLeftAfterAHundredServers() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            long directBefore = Ledger.directBytes();
            for (int i = 0; i < 100; i++) {
                // Closing a TestingProxy checks connections, buffers, direct memory, threads and descriptors.
                try (TestingProxy proxy = TestingProxy.before(upstream); TestingClient client = proxy.connect()) {
                    assertEquals("x", client.roundTrip("x"));
                }
            }
            // The JDK keeps a buffer or two for each thread that has used a socket; a hundred pools would be 6 MB and more.
            Await.value("direct memory to be back at " + directBefore, Ledger::directBytes,
                    now -> now <= directBefore + 1_000_000);
        }
    }

    @Test
    void severalServersLiveInOneJvm() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy first = TestingProxy.before(upstream);
                TestingProxy second = TestingProxy.before(upstream)) {
            try (TestingClient one = first.connect(); TestingClient two = second.connect()) {
                assertEquals("one", one.roundTrip("one"));
                assertEquals("two", two.roundTrip("two"));
                assertEquals(1, first.stats().connectionsActive());
                assertEquals(1, second.stats().connectionsActive());
            }
            first.awaitIdle();
            second.awaitIdle();
            second.close();
            try (TestingClient one = first.connect()) {
                assertEquals("still here", one.roundTrip("still here"));
            }
        }
    }

    @Test
    void aListenerThatCannotBindStopsTheStartAndTheOthersAreClosedAgain() throws Exception {
        Ledger ledger = Ledger.open();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                ServerSocket probe = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int free = probe.getLocalPort();
            probe.close();
            String yaml = """
                    listeners:
                      - { name: good, listen: "127.0.0.1:%d", cluster: app }
                      - { name: bad, listen: "127.0.0.1:%d", cluster: app }
                    clusters:
                      - { name: app, endpoints: [ { address: "127.0.0.1:1" } ] }
                    """.formatted(free, taken.getLocalPort());
            StartException refused = assertThrows(StartException.class,
                    () -> ProxyServer.builder().config(yaml).start());
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("listener bad") && message.contains(":" + taken.getLocalPort())
                    && message.contains("Stop the process that listens there"), message);
            try (ServerSocket again = new ServerSocket()) {
                again.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), free));
            }
        }
        ledger.settle();
    }

    @Test
    void anEndpointThatIsThisMachineBehindAWildcardIsRefusedAtStart() throws Exception {
        Ledger ledger = Ledger.open();
        try (ServerSocket probe = new ServerSocket(0)) {
            int free = probe.getLocalPort();
            probe.close();
            ProxyServer.Builder server = ProxyServer.builder().config("""
                    listeners: [ { name: edge, listen: "0.0.0.0:%1$d", cluster: app } ]
                    clusters: [ { name: app, endpoints: [ { address: "192.0.2.7:%1$d" } ] } ]
                    """.formatted(free)).machine(() -> Set.of(InetAddress.ofLiteral("192.0.2.7")));
            StartException refused = assertThrows(StartException.class, server::start);
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("cluster app") && message.contains("192.0.2.7:" + free)
                    && message.contains("listener edge"), message);
        }
        ledger.settle();
    }

    /** The loops turn by then, and one of them may be accepting on the first listener: only there may its socket be closed. */
    @Test
    void aListenerThatCannotStartLetsTheOthersBeClosedOnTheirLoops() {
        Ledger ledger = Ledger.open();
        TestingTransport transport = new TestingTransport();
        transport.failRegistrations(call -> call == 2
                ? new TransportException(TransportException.Kind.OTHER, "No space left on device")
                : null);
        StartException refused = assertThrows(StartException.class, () -> TestingServers.start("""
                runtime: { eventLoops: 2 }
                listeners:
                  - { name: good, listen: "127.0.0.1:0", cluster: app }
                  - { name: bad, listen: "127.0.0.1:0", cluster: app }
                clusters:
                  - { name: app, endpoints: [ { address: "127.0.0.1:1" } ] }
                """, transport));
        assertTrue(String.valueOf(refused.getMessage()).contains("No space left on device"), refused.getMessage());
        List<String> first = transport.closedOn().stream().limit(2).sorted().toList();
        assertEquals(List.of("sluice-loop-0", "sluice-loop-1"), first);
        ledger.settle();
    }

    @Test
    void aDrainOfAClosedServerReportsHowItEndedAndWaitsForNobody() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            client.roundTrip("x");
            proxy.server().close();
            assertEquals(new DrainResult(1, 1), proxy.server().drain(Duration.ofDays(1)));
            assertEquals(new Termination(Termination.Cause.CLOSED, 1, 1), proxy.server().awaitTermination());
        }
    }

    @Test
    void moreConnectionsThanDescriptorsAreRefusedAtStart() {
        Ledger ledger = Ledger.open();
        StartException refused = assertThrows(StartException.class,
                () -> TestingProxy.builder().with("limits: { maxConnections: 1000000 }").endpoint("127.0.0.1:1")
                        .start());
        assertTrue(String.valueOf(refused.getMessage()).contains("limits.maxConnections"), refused.getMessage());
        assertTrue(String.valueOf(refused.getMessage()).contains("ulimit -n"), refused.getMessage());
        ledger.settle();
    }

    /** Field case 20. */
    @Test
    void anAccessLogThatCannotBeOpenedIsNamedByItsWholePath(@TempDir Path directory) throws Exception {
        Ledger ledger = Ledger.open();
        StartException refused = assertThrows(StartException.class,
                () -> ProxyServer.builder().config(withAccessLog(directory, "missing/access.log")).start());
        assertEquals(directory.resolve("sluice.yaml") + ":1:20 accessLog.path: cannot open "
                + directory.resolve("missing/access.log")
                + " for writing: no such file or directory. Create its directory, or give this user the right to write there.",
                refused.getMessage());
        ledger.settle();
    }

    /** Field case 20. */
    @Test
    void aRelativeAccessLogIsBesideItsConfiguration(@TempDir Path directory) throws Exception {
        try (ProxyServer server = ProxyServer.builder().config(withAccessLog(directory, "access.log")).start()) {
            assertEquals(1, server.addresses().size());
            assertTrue(Files.isRegularFile(directory.resolve("access.log")));
        }
    }

    @Test
    void anAdminAddressThatCannotBeBoundIsNamedOnce(@TempDir Path directory) throws Exception {
        Ledger ledger = Ledger.open();
        Path socket = directory.resolve("missing/admin.sock");
        Path file = withAccessLog(directory, "access.log");
        Files.writeString(file, "admin: { listen: \"unix:" + socket + "\" }\n" + Files.readString(file));
        StartException refused = assertThrows(StartException.class, () -> ProxyServer.builder().config(file).start());
        assertEquals(file + ":1:18 admin.listen: cannot listen on unix:" + socket + ": cannot create a file in "
                + socket.getParent()
                + ": no such file or directory. Create the directory, or give this user the right to write there.",
                refused.getMessage());
        ledger.settle();
    }

    private static Path withAccessLog(Path directory, String path) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"), """
                accessLog: { path: "%s" }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """.formatted(path));
    }

    @Test
    void drainingLetsWhatIsOpenFinish() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            client.roundTrip("x");
            CompletableFuture<DrainResult> drain = CompletableFuture
                    .supplyAsync(() -> proxy.server().drain(Duration.ofMinutes(1)));
            Await.until("the listener to be closed", () -> refused(proxy));
            assertEquals("still served", client.roundTrip("still served"));
            client.finish();
            assertEquals(End.FIN, client.end());
            assertEquals(0, drain.get().cut());
        }
    }

    @Test
    void drainingCutsAtTheDeadline() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.before(upstream);
                TestingClient client = proxy.connect()) {
            client.roundTrip("x");
            long start = System.nanoTime();
            assertEquals(new DrainResult(1, 1), proxy.server().drain(Duration.ofMillis(300)));
            assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) >= 300);
            assertEquals(End.RESET, client.end());
            proxy.awaitClosed(CloseReason.DRAIN_DEADLINE, 1);
        }
    }

    /** A client that the system has connected is served, also when the drain begins at that moment. */
    @Test
    void drainingTakesInWhatWaitsInTheBacklog() throws Exception {
        int clients = 300;
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = TestingProxy.before(upstream)) {
            List<TestingClient> connected = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                connected.add(proxy.connect());
            }
            CompletableFuture<DrainResult> drain = CompletableFuture
                    .supplyAsync(() -> proxy.server().drain(Duration.ofMinutes(1)));
            for (TestingClient client : connected) {
                assertEquals("served", client.roundTrip("served"));
                client.close();
            }
            assertEquals(0, drain.get().cut());
            assertEquals(clients, proxy.stats().connectionsTotal());
        }
    }

    private static TestingProxy delayed(String delay, TestingUpstream upstream) {
        return TestingProxy.builder().endpoint(upstream).with("admin: { listen: \"127.0.0.1:0\" }")
                .with("runtime: { eventLoops: 1, transport: " + TestingTransport.realName() + ", drainDelay: " + delay
                        + " }")
                .start();
    }

    /** Whether the answer to load balancers is that new clients are to go elsewhere. */
    private static boolean isDraining(TestingProxy proxy) throws IOException {
        InetSocketAddress admin = (InetSocketAddress) proxy.server().adminAddress().orElseThrow();
        try (Socket socket = new Socket(admin.getAddress(), admin.getPort())) {
            socket.getOutputStream().write("GET /ready HTTP/1.0\r\nHost: localhost\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.startsWith("HTTP/1.1 503") && answer.contains("the server is draining");
        }
    }

    /** Field case 23. */
    @Test
    void aDrainAcceptsUntilItsDelayIsOver() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo(); TestingProxy proxy = delayed("1s", upstream)) {
            assertFalse(isDraining(proxy));
            long start = System.nanoTime();
            CompletableFuture<DrainResult> drain = CompletableFuture
                    .supplyAsync(() -> proxy.server().drain(Duration.ofMinutes(1)));
            Await.until("the drain to begin", () -> isDraining(proxy));
            int served = 0;
            while (!refused(proxy)) {
                try (TestingClient client = proxy.connect()) {
                    served += client.roundTrip("x").equals("x") ? 1 : 0;
                } catch (IOException closedMeanwhile) {
                    // The delay is over.
                }
            }
            assertTrue(System.nanoTime() - start >= Duration.ofSeconds(1).toNanos());
            assertTrue(served > 0, "new clients are served meanwhile");
            assertEquals(0, drain.get().cut());
        }
    }

    @Test
    void closingEndsTheDelayOfADrain() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = delayed("1h", upstream);
                TestingClient client = proxy.connect()) {
            assertEquals("x", client.roundTrip("x"));
            CompletableFuture<DrainResult> drain = CompletableFuture
                    .supplyAsync(() -> proxy.server().drain(Duration.ofMinutes(1)));
            Await.until("the drain to begin", () -> isDraining(proxy));
            try (TestingClient late = proxy.connect()) {
                assertEquals("y", late.roundTrip("y"));
                proxy.server().close();
                drain.get(20, TimeUnit.SECONDS);
                assertEquals(new Termination(Termination.Cause.CLOSED, 2, 2), proxy.server().awaitTermination());
                assertEquals(End.RESET, late.end());
            }
        }
    }

    @Test
    void anInterruptEndsADrainAlsoInItsDelay() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = delayed("1h", upstream);
                TestingClient client = proxy.connect()) {
            assertEquals("x", client.roundTrip("x"));
            AtomicReference<DrainResult> result = new AtomicReference<>();
            Thread drain = Thread.ofPlatform().start(() -> result.set(proxy.server().drain(Duration.ofMinutes(1))));
            Await.until("the drain to begin", () -> isDraining(proxy));
            drain.interrupt();
            drain.join();
            assertEquals(new DrainResult(1, 1), result.get());
            assertTrue(refused(proxy));
        }
    }

    @Test
    void closingUnderLoadLeavesNothing() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo()) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger served = new AtomicInteger();
            CountDownLatch ended = new CountDownLatch(20);
            try (TestingProxy proxy = TestingProxy.before(upstream)) {
                for (int i = 0; i < 20; i++) {
                    Thread.ofVirtual().start(() -> {
                        try {
                            while (!stop.get()) {
                                try (TestingClient client = proxy.connect()) {
                                    client.roundTrip("x");
                                    served.incrementAndGet();
                                }
                            }
                        } catch (java.io.IOException | AssertionError closed) {
                            // The server goes away under its clients.
                        } finally {
                            ended.countDown();
                        }
                    });
                }
                Await.until("some traffic", () -> served.get() > 200);
                proxy.server().close();
                stop.set(true);
                ended.await();
            }
        }
    }

    private static boolean refused(TestingProxy proxy) {
        try (Socket socket = new Socket()) {
            socket.connect(proxy.server().address("edge"));
            return false;
        } catch (SocketException e) {
            return true;
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
