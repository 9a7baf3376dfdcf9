package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.loop.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A warm-up: one request for the metrics, soon after the start. It loads and opens everything that a first request
 * needs, such as selectors for virtual threads and the beans of the JVM, so that they exist when the process has no
 * descriptor left. Not during the start, of which it would take a tenth.
 */
final class WarmUp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final String REQUEST = "GET /metrics HTTP/1.0\r\nHost: localhost\r\n";
    private static final Duration GRACE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final SocketAddress address;
    private final long delayNanos;
    private final String request;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    /** @param token that requests need; null = none */
    WarmUp(SocketAddress address, Duration delay, @Nullable AdminToken token) {
        this.request = REQUEST + (token == null ? "" : "Authorization: " + token.header() + "\r\n") + "\r\n";
        this.address = address;
        this.delayNanos = delay.toNanos();
        this.thread = Thread.ofPlatform().name("sluice-admin-first").daemon().start(this::ask);
    }

    private void ask() {
        try {
            if (closing.await(delayNanos, TimeUnit.NANOSECONDS)) {
                return;
            }
            try (SocketChannel channel = SocketChannel.open(address)) {
                channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
                ByteBuffer answer = ByteBuffer.allocate(4096);
                while (channel.read(answer) >= 0) {
                    answer.clear();
                }
            }
        } catch (IOException | InterruptedException e) {
            LOG.debug("admin: the warm-up request failed", e);
        }
    }

    /** Ends the warm-up. To be called before the interface is closed, which would look like an error here. */
    @Override
    public void close() {
        closing.countDown();
        if (!Threads.join(thread, GRACE)) {
            thread.interrupt();
            Threads.join(thread, PATIENCE);
        }
    }
}
