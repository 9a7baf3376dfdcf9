package com.example.gatekeeper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.sluice.api.Direction;
import dev.sluice.api.net.IpAddress;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class GatekeeperTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private ServerSocket service;

    @BeforeEach
    void startService() throws IOException {
        service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stopService() throws IOException {
        service.close();
    }

    /** The clock stands still, so the time-out never comes by itself. */
    private TestingConnection connect() {
        var config = new Gatekeeper.Config(IpAddress.parse("127.0.0.1"), service.getLocalPort(), TIMEOUT);
        return TestingConnection.of(new Gatekeeper(), config).source(IpAddress.parse("192.0.2.7"), 4711).connect();
    }

    private static String question(Socket asked) throws IOException {
        return new BufferedReader(new InputStreamReader(asked.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    }

    @Test
    void aClientThatTheServiceAcceptsIsConnected() throws Exception {
        try (TestingConnection connection = connect(); Socket asked = service.accept()) {
            assertTrue(connection.suspended(Direction.CLIENT_TO_UPSTREAM));
            assertFalse(connection.isRouted());
            assertEquals("192.0.2.7", question(asked));
            asked.getOutputStream().write('+');
            connection.awaitResumed(LIMIT);
            assertEquals(Outcome.State.OPEN, connection.state());
            assertTrue(connection.isRouted());
        }
    }

    @Test
    void aClientThatTheServiceRefusesIsRefused() throws Exception {
        try (TestingConnection connection = connect(); Socket asked = service.accept()) {
            question(asked);
            asked.getOutputStream().write('-');
            connection.awaitResumed(LIMIT);
            assertEquals(Outcome.State.REJECTED, connection.state());
            assertEquals("the service refuses this client", connection.explanation());
        }
    }

    @Test
    void aServiceThatIsSilentIsNotWaitedForAnyLonger() throws Exception {
        try (TestingConnection connection = connect(); Socket asked = service.accept()) {
            question(asked);
            connection.advance(TIMEOUT);
            assertEquals("the service did not answer in time", connection.explanation());
            // The task has ended, and closed its connection.
            assertEquals(-1, asked.getInputStream().read());
        }
    }

    @Test
    void aServiceThatIsNotThereRefusesEveryClient() throws Exception {
        service.close();
        try (TestingConnection connection = connect()) {
            connection.awaitResumed(LIMIT);
            assertEquals(Outcome.State.REJECTED, connection.state());
            assertTrue(String.valueOf(connection.explanation()).startsWith("the service cannot be asked: "),
                    connection::explanation);
        }
    }

    @Test
    void aClientWithoutAnAddressIsRefused() {
        var config = new Gatekeeper.Config(IpAddress.parse("127.0.0.1"), service.getLocalPort(), TIMEOUT);
        try (TestingConnection connection = TestingConnection.of(new Gatekeeper(), config).unixClient().connect()) {
            assertEquals(Outcome.State.REJECTED, connection.state());
        }
    }
}
