package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingSilentEndpoint;
import dev.sluice.runtime.testing.TestingTransport;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.transport.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Faults 11, 15, 19 and 22: endpoints that refuse, stay silent or cannot be reached because descriptors or ports are
 * used up.
 */
class ConnectFaultsTest {
    /** A port of this machine without a listener. */
    private static String deadAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    @Test
    void oneRefusingEndpointOfThreeIsNotNoticedByAnyClient() throws Exception {
        try (TestingUpstream first = TestingUpstream.echo();
                TestingUpstream second = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().endpoint(deadAddress()).endpoint(first).endpoint(second)
                        .start()) {
            for (int i = 0; i < 300; i++) {
                try (TestingClient client = proxy.connect()) {
                    assertEquals("x", client.roundTrip("x"));
                }
            }
            assertEquals(300, first.accepted() + second.accepted());
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 300);
        }
    }

    @Test
    void oneSilentEndpointOfThreeCostsOneConnectTimeoutInAFailWindow() throws Exception {
        try (TestingSilentEndpoint silent = new TestingSilentEndpoint();
                TestingUpstream first = TestingUpstream.echo();
                TestingUpstream second = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().cluster("timeouts: { connect: 500ms }")
                        .endpoint(silent.address())
                        .endpoint(first).endpoint(second).start()) {
            int slow = 0;
            for (int i = 0; i < 100; i++) {
                long start = System.nanoTime();
                try (TestingClient client = proxy.connect()) {
                    assertEquals("x", client.roundTrip("x"));
                }
                slow += System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(450) ? 1 : 0;
            }
            assertEquals(1, slow);
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 100);
        }
    }

    @Test
    void clientBytesSentBeforeTheRetryArriveAtTheEndpointThatAnswers() throws Exception {
        try (TestingSilentEndpoint silent = new TestingSilentEndpoint();
                TestingUpstream answers = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().cluster("timeouts: { connect: 200ms }")
                        .endpoint(silent.address())
                        .endpoint(answers).start();
                TestingClient client = proxy.connect()) {
            assertEquals("sent at once", client.roundTrip("sent at once"));
        }
    }

    @Test
    void withEveryEndpointDownClientsAreResetAtOnceWithAReason() throws Exception {
        try (TestingProxy proxy = TestingProxy.builder().endpoint(deadAddress()).endpoint(deadAddress()).start()) {
            for (int i = 0; i < 50; i++) {
                try (TestingClient client = proxy.connect()) {
                    assertEquals(End.RESET, client.end());
                } catch (java.net.SocketException resetWhileConnecting) {
                    // The reset may arrive before the client has looked.
                }
            }
            proxy.awaitClosed(CloseReason.CONNECT_FAILED, 50);
        }
    }

    @Test
    void aFullClusterTurnsClientsAwayAndTakesThemAgain() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().cluster("maxConnections: 1").endpoint(upstream).start()) {
            try (TestingClient first = proxy.connect()) {
                first.roundTrip("x");
                try (TestingClient second = proxy.connect()) {
                    assertEquals(End.RESET, second.end());
                } catch (java.net.SocketException resetWhileConnecting) {
                    // The reset may arrive before the client has looked.
                }
                assertEquals("y", first.roundTrip("y"));
            }
            proxy.awaitIdle();
            assertEquals(1, proxy.closed(CloseReason.CLUSTER_FULL));
            try (TestingClient third = proxy.connect()) {
                assertEquals("z", third.roundTrip("z"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = TransportException.Kind.class, names = {"DESCRIPTORS", "LOCAL_PORTS", "OTHER"})
    void noDescriptorIsLeakedWhenConnectsFailInTheSystem(TransportException.Kind kind) throws Exception {
        // Each refusal because of descriptors stops accepting for 50 ms.
        int failures = kind == TransportException.Kind.DESCRIPTORS
                ? FaultSize.of(40, 1_000)
                : FaultSize.of(2_000, 100_000);
        TestingTransport transport = new TestingTransport();
        transport.failConnects(call -> call <= failures ? new TransportException(kind, "injected: " + kind) : null);
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = TestingProxy.builder().cluster("connectAttempts: 1").endpoint(upstream)
                        .start(transport)) {
            long before = Ledger.descriptors();
            for (int i = 0; i < failures; i++) {
                try (TestingClient client = proxy.connect()) {
                    assertEquals(End.RESET, client.end());
                } catch (java.net.SocketException resetWhileConnecting) {
                    assertTrue(transport.connects() > 0);
                }
            }
            proxy.awaitClosed(CloseReason.CONNECT_FAILED, failures);
            Await.value("descriptors to be back at " + before, Ledger::descriptors, now -> now <= before + 2);
            try (TestingClient client = proxy.connect()) {
                assertEquals("well again", client.roundTrip("well again"));
            }
        }
    }
}
