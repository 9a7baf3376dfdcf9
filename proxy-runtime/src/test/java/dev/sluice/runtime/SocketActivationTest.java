package dev.sluice.runtime;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;

import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import dev.sluice.runtime.transport.AddressText;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.epoll.ActivatedTransport;
import dev.sluice.runtime.transport.epoll.TestingPassedSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Servers one after another on the socket of a service manager. */
@EnabledOnOs(OS.LINUX)
class SocketActivationTest {
    private final Ledger ledger = Ledger.open();
    private final TestingPassedSocket passed;
    private final TestingUpstream upstream = TestingUpstream.echo();

    SocketActivationTest() throws Exception {
        passed = TestingPassedSocket.onAnyPort("edge");
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        upstream.close();
        passed.close();
        ledger.settle();
    }

    private String yaml(String listen) {
        return TestingProxy.builder().with("runtime: { eventLoops: 2, transport: epoll }").listen(listen)
                .endpoint(upstream).yaml();
    }

    private String yaml() {
        return yaml(AddressText.of(passed.address()));
    }

    private ProxyServer start(String yaml) throws TransportException {
        return ProxyServer.builder().config(yaml).transport(new ActivatedTransport(List.of(passed.socket()))).start();
    }

    private static void echoes(SocketAddress address) throws Exception {
        try (TestingClient client = TestingClient.connect(address)) {
            assertEquals("hello", client.roundTrip("hello"));
        }
    }

    @Test
    void clientsThatComeBetweenTwoServersWaitForTheNext() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (TestingClient waiting = TestingClient.connect(passed.address()); ProxyServer server = start(yaml())) {
                assertEquals(passed.address(), server.address("edge"));
                assertEquals("waited", waiting.roundTrip("waited"));
                echoes(passed.address());
                waiting.close();
                server.drain(Duration.ofSeconds(10));
            }
        }
    }

    @Test
    void aReloadPausesItAndTakesItAgain() throws Exception {
        try (ProxyServer server = start(yaml())) {
            echoes(passed.address());
            server.reload(yaml("127.0.0.1:0"));
            InetSocketAddress own = (InetSocketAddress) server.address("edge");
            echoes(own);
            try (TestingClient waiting = TestingClient.connect(passed.address())) {
                server.reload(yaml());
                assertEquals("waited", waiting.roundTrip("waited"));
            }
            echoes(passed.address());
            // The same address, so the same socket goes on.
            server.reload(yaml().replace("edge", "other"));
            echoes(passed.address());
        }
    }

    @Test
    void aListenerThatIsDownLeavesClientsWaiting() throws Exception {
        try (ProxyServer server = start(yaml())) {
            server.listener("edge").down();
            try (TestingClient waiting = TestingClient.connect(passed.address())) {
                server.listener("edge").up();
                assertEquals("waited", waiting.roundTrip("waited"));
            }
        }
    }
}
