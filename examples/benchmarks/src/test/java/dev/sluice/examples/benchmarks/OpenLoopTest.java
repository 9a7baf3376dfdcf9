package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class OpenLoopTest {
    private static final int SIZE = 100;
    private static final int MESSAGES = 50;

    /** An upstream that answers nothing until every message has come, and then all. */
    private static final class TestingStaller implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));

        TestingStaller() throws IOException {
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            try (Socket client = listening.accept()) {
                client.getOutputStream().write(client.getInputStream().readNBytes(SIZE * MESSAGES));
                client.getInputStream().read();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    @Test
    void everyMessageIsAnsweredOnItsConnection() throws IOException {
        try (EchoServer echo = new EchoServer(); OpenLoop clients = new OpenLoop(echo.port(), 3, 16 * 1024)) {
            assertEquals(20, clients.run(1000, 20).latency().getTotalCount());
            assertEquals(100, clients.run(10_000, 10).latency().getTotalCount());
        }
    }

    @Test
    void latencyCountsFromTheTimeAtWhichAMessageWasDue() throws IOException {
        try (TestingStaller upstream = new TestingStaller();
                OpenLoop clients = new OpenLoop(upstream.listening.getLocalPort(), 1, SIZE)) {
            OpenLoop.Result result = clients.run(1000, MESSAGES);
            assertEquals(MESSAGES, result.latency().getTotalCount());
            // No answer comes before the last message was due, 49 ms after the first: those that waited must all say so. A closed loop would have
            // asked once.
            assertTrue(result.latency().getMaxValue() >= TimeUnit.MILLISECONDS.toNanos(MESSAGES - 1),
                    () -> "max " + result.latency().getMaxValue());
            assertTrue(result.latency().getValueAtPercentile(50) >= TimeUnit.MILLISECONDS.toNanos(MESSAGES / 2 - 1),
                    () -> "median " + result.latency().getValueAtPercentile(50));
        }
    }

    @Test
    void saysThatAProxyHasClosedAConnection() throws IOException {
        try (ServerSocket upstream = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                OpenLoop clients = new OpenLoop(upstream.getLocalPort(), 1, SIZE)) {
            Socket proxy = upstream.accept();
            proxy.setSoLinger(true, 0);
            proxy.close();
            // At once, and not when the time for answers is over.
            IOException failure = assertThrows(IOException.class, () -> clients.run(1000, 10_000));
            assertFalse(String.valueOf(failure.getMessage()).contains("of 10000"), failure::toString);
        }
    }
}
