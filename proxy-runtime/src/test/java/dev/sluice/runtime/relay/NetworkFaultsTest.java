package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingNetwork;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults 4, 15 and 19 in a network of their own: peers that vanish without a word, ports that run out, a slow cable. */
class NetworkFaultsTest {
    private static final int PEERS = FaultSize.of(20, 500);
    private static final byte[] BLAST = new byte[50_000_000];

    private TestingNetwork network;

    @BeforeEach
    void makeNetwork() {
        network = TestingNetwork.open();
    }

    @AfterEach
    void leaveNetwork() {
        network.close();
    }

    private TestingProxy start(TestingProxy.Builder builder) {
        return network.near(() -> builder.listen(TestingNetwork.NEAR + ":0").start());
    }

    private TestingClient farClient(TestingProxy proxy) {
        return network.far(() -> proxy.connect());
    }

    private List<TestingClient> farClients(TestingProxy proxy, int count) {
        List<TestingClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(farClient(proxy));
        }
        return clients;
    }

    private static void close(List<TestingClient> clients) throws IOException {
        for (TestingClient client : clients) {
            client.close();
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static void assertWithin(Duration promised, Duration took) {
        assertTrue(took.compareTo(FaultSize.bound(promised)) <= 0, () -> "took " + took + ", promised are " + promised);
    }

    /** Keepalive that is quick enough for a test; with the defaults it is 60 + 4 × 15 seconds. */
    private static String keepAlive() {
        return FaultSize.isFull()
                ? "socket: { keepAlive: true }"
                : "socket: { keepAlive: { idle: 1s, interval: 1s, count: 1 } }";
    }

    private static void echo(Socket peer) throws IOException {
        TestingUpstream.echo(peer);
    }

    @Test
    void idlePeersThatVanishAreFoundByKeepalive() throws Exception {
        try (TestingUpstream near = network.near(() -> TestingUpstream.start(TestingNetwork.NEAR, 0,
                NetworkFaultsTest::echo));
                TestingProxy proxy = start(TestingProxy.builder().endpoint(near).listener(keepAlive()))) {
            List<TestingClient> vanishing = farClients(proxy, PEERS);
            for (TestingClient client : vanishing) {
                assertEquals("x", client.roundTrip("x"));
            }
            try (TestingClient staying = network.near(() -> proxy.connect())) {
                assertEquals("y", staying.roundTrip("y"));
                network.cut();
                long cut = System.nanoTime();
                Await.until("those that vanished to be gone", Duration.ofMinutes(4),
                        () -> proxy.stats().connectionsActive() <= 1);
                assertWithin(FaultSize.of(Duration.ofSeconds(3), Duration.ofSeconds(135)), since(cut));
                FaultSize.report("4 idle", since(cut).toString());
                assertEquals("z", staying.roundTrip("z"));
            }
            proxy.awaitIdle();
            assertEquals(PEERS, proxy.closed(CloseReason.CLIENT_RESET));
            close(vanishing);
        }
    }

    @Test
    void idleEndpointsThatVanishAreFoundByKeepalive() throws Exception {
        TestingUpstream far = network.far(() -> TestingUpstream.start(TestingNetwork.FAR, 0, NetworkFaultsTest::echo));
        try (TestingProxy proxy = start(TestingProxy.builder().endpoint(far).listener(keepAlive()))) {
            List<TestingClient> clients = new ArrayList<>();
            for (int i = 0; i < PEERS; i++) {
                clients.add(network.near(() -> proxy.connect()));
                assertEquals("x", clients.getLast().roundTrip("x"));
            }
            network.cut();
            long cut = System.nanoTime();
            Await.until("connections to be gone", Duration.ofMinutes(4),
                    () -> proxy.stats().connectionsActive() == 0);
            assertWithin(FaultSize.of(Duration.ofSeconds(3), Duration.ofSeconds(135)), since(cut));
            for (TestingClient client : clients) {
                assertEquals(End.RESET, client.end());
            }
            proxy.awaitClosed(CloseReason.UPSTREAM_RESET, PEERS);
            close(clients);
            // Its end of each connection learns nothing, and would be a descriptor too many.
            far.close();
        }
    }

    @Test
    void clientsThatVanishWhileTheyAreSentToAreClosedAsStalled() throws Exception {
        Duration stall = FaultSize.of(Duration.ofSeconds(1), Duration.ofSeconds(10));
        try (TestingUpstream near = network.near(() -> TestingUpstream.start(TestingNetwork.NEAR, 0,
                client -> client.getOutputStream().write(BLAST)));
                TestingProxy proxy = start(TestingProxy.builder().endpoint(near)
                        .listener("timeouts: { writeStall: " + stall.toMillis() + "ms }"))) {
            List<TestingClient> vanishing = farClients(proxy, PEERS);
            for (TestingClient client : vanishing) {
                client.read(1);
            }
            network.cut();
            long cut = System.nanoTime();
            Await.until("those that vanished to be gone", stall.plusSeconds(30),
                    () -> proxy.stats().connectionsActive() == 0);
            FaultSize.report("4 sending", since(cut) + " with a write stall of " + stall);
            // Only epoll knows that nothing was acknowledged. On nio, a kernel that still had room takes what it is offered at
            // the first deadline, and nothing at the second.
            boolean knows = !TestingTransport.realName().equals("nio");
            assertWithin(stall.multipliedBy(knows ? 110 : 210).dividedBy(100), since(cut));
            proxy.awaitClosed(CloseReason.CLIENT_WRITE_STALL, PEERS);
            close(vanishing);
        }
    }

    /** The endpoint has room for a while: its kernel's and the proxy's buffers take what nobody acknowledges. */
    @Test
    void endpointsThatVanishWhileTheyAreSentToAreClosedAsStalled() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        TestingUpstream far = network.far(() -> TestingUpstream.start(TestingNetwork.FAR, 0, client -> {
            client.getOutputStream().write('x');
            try {
                over.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
        try (TestingProxy proxy = start(TestingProxy.builder().endpoint(far)
                .listener("timeouts: { writeStall: 1s }"))) {
            List<TestingClient> clients = new ArrayList<>();
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                TestingClient client = network.near(() -> proxy.connect());
                clients.add(client);
                client.read(1);
            }
            network.cut();
            for (TestingClient client : clients) {
                senders.add(Thread.ofVirtual().start(() -> {
                    try {
                        client.send(BLAST);
                    } catch (IOException reset) {
                        // The expected end.
                    }
                }));
            }
            proxy.awaitClosed(CloseReason.UPSTREAM_WRITE_STALL, 5);
            for (Thread sender : senders) {
                sender.join();
            }
            close(clients);
            over.countDown();
            far.close();
        }
    }

    @Test
    void anEndpointBehindACutCableIsSilentAndAnotherOneServes() throws Exception {
        TestingUpstream far = network.far(() -> TestingUpstream.start(TestingNetwork.FAR, 0, NetworkFaultsTest::echo));
        try (TestingUpstream near = network.near(() -> TestingUpstream.start(TestingNetwork.NEAR, 0,
                NetworkFaultsTest::echo));
                TestingProxy proxy = start(TestingProxy.builder().endpoint(far).endpoint(near)
                        .cluster("timeouts: { connect: 500ms }"))) {
            network.cut();
            int late = 0;
            for (int i = 0; i < 50; i++) {
                long start = System.nanoTime();
                try (TestingClient client = network.near(() -> proxy.connect())) {
                    assertEquals("x", client.roundTrip("x"));
                }
                late += since(start).toMillis() >= 450 ? 1 : 0;
            }
            assertEquals(50, near.accepted());
            assertTrue(late >= 1, "nobody waited for the silent endpoint");
            // In each fail window of 10 seconds, the first of which begins with the first client.
            assertTrue(late <= 3, late + " of 50 clients waited for the silent endpoint");
            far.close();
        }
    }

    @Test
    void withoutLocalPortsConnectsFailAtOnceAndSucceedAgainWithTheNextFreePort() throws Exception {
        int ports = 10;
        try (TestingUpstream near = network.near(() -> TestingUpstream.start(TestingNetwork.NEAR, 0,
                NetworkFaultsTest::echo));
                TestingProxy proxy = start(TestingProxy.builder().endpoint(near).cluster("connectAttempts: 1"))) {
            network.localPorts(ports);
            List<TestingClient> served = farClients(proxy, ports);
            for (TestingClient client : served) {
                assertEquals("x", client.roundTrip("x"));
            }
            int refused = FaultSize.of(50, 1_000);
            Duration slowest = Duration.ZERO;
            for (int i = 0; i < refused; i++) {
                long start = System.nanoTime();
                try (TestingClient client = farClient(proxy)) {
                    assertEquals(End.RESET, client.end());
                } catch (SocketException | AssertionError resetWhileConnecting) {
                    // The reset may arrive before the client has looked.
                }
                slowest = since(start).compareTo(slowest) > 0 ? since(start) : slowest;
            }
            assertWithin(Duration.ofMillis(50), slowest);
            FaultSize.report("15", "slowest refusal of " + refused + ": " + slowest);
            Await.equal("failed connects", (long) refused, () -> proxy.closed(CloseReason.CONNECT_FAILED));
            served.removeFirst().reset();
            Await.equal("open connections", ports - 1, () -> proxy.stats().connectionsActive());
            try (TestingClient next = farClient(proxy)) {
                assertEquals("well again", next.roundTrip("well again"));
            }
            close(served);
        }
    }

    /** Each byte arrives, no more is kept than for any slow reader, and those with a fast way are served meanwhile. */
    @Test
    void aSlowCableHoldsUpNobodyElse() throws Exception {
        int peers = FaultSize.of(20, 100);
        byte[] content = new byte[FaultSize.of(60_000, 200_000)];
        new Random(4).nextBytes(content);
        try (TestingUpstream near = network.near(() -> TestingUpstream.start(TestingNetwork.NEAR, 0,
                NetworkFaultsTest::echo));
                TestingProxy proxy = start(TestingProxy.builder().endpoint(near))) {
            network.slow(FaultSize.of(8, 40));
            List<TestingClient> slow = farClients(proxy, peers);
            List<Thread> senders = new ArrayList<>();
            for (TestingClient client : slow) {
                senders.add(Thread.ofVirtual().start(() -> {
                    try {
                        client.send(content);
                        client.finish();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            List<byte[]> answers = new ArrayList<>();
            Thread reader = Thread.ofPlatform().start(() -> slow.forEach(client -> {
                try {
                    answers.add(client.readAll());
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
            try (TestingClient fast = network.near(() -> proxy.connect())) {
                do {
                    assertEquals("fast", fast.roundTrip("fast"));
                    long held = proxy.stats().stashBytes() + proxy.stats().buffersBorrowed() * 64 * 1024;
                    assertTrue(held <= (peers + 2) * 64L * 1024, () -> "held: " + proxy.stats());
                } while (reader.isAlive());
            }
            for (Thread sender : senders) {
                sender.join();
            }
            assertEquals(peers, answers.size());
            answers.forEach(answer -> assertArrayEquals(content, answer));
            close(slow);
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, peers + 1);
        }
    }

    /** The address of the proxy is that of the near end: a test in the machine's own network would meet another one. */
    @Test
    void theNetworkIsApart() throws Exception {
        try (TestingUpstream near = network.near(() -> TestingUpstream.start(TestingNetwork.NEAR, 0,
                NetworkFaultsTest::echo));
                TestingProxy proxy = start(TestingProxy.builder().endpoint(near))) {
            InetSocketAddress address = (InetSocketAddress) proxy.server().address("edge");
            assertEquals(TestingNetwork.NEAR, address.getHostString());
            try (TestingClient client = farClient(proxy)) {
                assertEquals(TestingNetwork.FAR, client.socket().getLocalAddress().getHostAddress());
                assertEquals("x", client.roundTrip("x"));
            }
        }
    }
}
