package dev.sluice.junit;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.ConnectionEvent;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingClient.End;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import static dev.sluice.junit.Expected.ended;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A file of production in a test: addresses, endpoints, parameters, nested classes. */
@SluiceProxy("production/sluice.yaml")
class SluiceProxyTest {
    @Endpoint("db")
    private static final TestingUpstream DATABASE = TestingUpstream.echo();

    private static Sluice ofClass;
    private InetSocketAddress before;

    @BeforeAll
    static void takeProxyOfTheClass(Sluice sluice) {
        ofClass = sluice;
    }

    @BeforeEach
    void takeAddress(@Listener("edge") InetSocketAddress edge) {
        before = edge;
    }

    @AfterAll
    static void stop() throws Exception {
        DATABASE.close();
    }

    @Test
    void theFileOfProductionLeadsToTheServersOfTheTest(Sluice sluice) throws Exception {
        InetSocketAddress edge = sluice.address("edge");
        assertTrue(edge.getAddress().isLoopbackAddress());
        assertNotEquals(5432, edge.getPort());
        assertTrue(sluice.server().adminAddress().isEmpty());
        try (TestingClient client = TestingClient.connect(edge)) {
            assertEquals("hello", client.roundTrip("hello"));
            assertEquals(DATABASE.address(), sluice.connections().getFirst().endpoint());
            client.finish();
            assertEquals(End.FIN, client.end());
        }
        ConnectionEvent end = sluice.await(ended().cluster("db"));
        assertEquals(CloseReason.CLIENT_FINISHED, end.reason());
        assertEquals(List.of(end), sluice.accessLog());
        assertEquals("up", sluice.endpoint("db", 0).state().replace("unchecked", "up"));
    }

    @Test
    void endpointsElsewhereRefuse(Sluice sluice) throws Exception {
        try (TestingClient client = TestingClient.connect(sluice.address("metrics"))) {
            client.end();
        } catch (SocketException reset) {
            // Before it knew that it was connected.
        }
        ConnectionEvent end = sluice.await(ended().listener("metrics").cluster("elsewhere"));
        assertEquals(CloseReason.CONNECT_FAILED, end.reason());
        assertTrue(sluice.accessLog().contains(end));
    }

    @Test
    void addressesArePassedInEachForm(Sluice sluice, @Listener("edge") int port, @Listener("edge") String text,
            @Listener("edge") SocketAddress address, @Listener("metrics") Integer other) {
        assertEquals(before, address);
        assertEquals(before.getPort(), port);
        assertEquals("127.0.0.1:" + port, text);
        assertEquals(sluice.address("metrics").getPort(), other);
    }

    @Test
    void testsShareTheProxyAndNotItsEvents(Sluice sluice) {
        assertSame(ofClass.server(), sluice.server());
        assertNotSame(ofClass, sluice);
        assertEquals(List.of(), sluice.accessLog());
    }

    /** A nested class, which has the proxy of the outer one. */
    @Nested
    class Inner {
        @Test
        void hasTheProxyOfTheOuterClass(Sluice sluice) throws Exception {
            assertSame(ofClass.server(), sluice.server());
            try (TestingClient client = TestingClient.connect(before)) {
                assertEquals("inner", client.roundTrip("inner"));
            }
        }

        @Test
        @SluiceProxy(yaml = """
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: db } ]
                clusters: [ { name: db, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """)
        void aMethodCanHaveItsOwn(Sluice sluice, TestInfo info) throws Exception {
            assertNotSame(ofClass.server(), sluice.server(), info.getDisplayName());
            try (TestingClient client = TestingClient.connect(sluice.address("edge"))) {
                assertEquals("own", client.roundTrip("own"));
            }
        }
    }
}
