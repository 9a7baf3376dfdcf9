package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An admin connection, copied between the operator and the HTTP server. Two virtual threads copy; {@link #close} and
 * the getters are for any thread.
 */
final class BridgedConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BridgedConnection.class);
    private static final int BUFFER_BYTES = 8 * 1024;

    /** The most bytes that may arrive before the HTTP server has sent any. */
    private static final int MAX_REQUEST_BYTES = 64 * 1024;

    /** The time that a client has to close its side after the HTTP server has closed. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** The time for which a connection counts as new if no response shows that it works. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    /** The time without progress after which a connection is closed: the client does not take its response, or does not end its request. */
    static final Duration NO_PROGRESS = Duration.ofSeconds(60);

    /**
     * The time after which a connection is closed on which nothing is owed. The HTTP server closes such ones earlier, at a time that belongs to
     * the process; here it is longer than any client waits that scrapes every minute, since a request may be lost that comes at the end.
     */
    static final Duration IDLE = Duration.ofMinutes(5);

    /** The number of connect attempts; five take 100 ms. */
    private static final int CONNECT_ATTEMPTS = 5;
    private static final long CONNECT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final SocketChannel client;
    private final InetSocketAddress server;
    private final Set<Integer> admitted;
    private final SpareDescriptors spare;
    private final long startNanos = System.nanoTime();
    private final AtomicBoolean settled = new AtomicBoolean();
    private volatile @Nullable SocketChannel back;
    private volatile boolean closed;
    private volatile long lastProgress = System.nanoTime();
    private volatile int unanswered;
    /** Whether a response is on its way to the client. */
    private volatile boolean answering;

    /**
     * A connection that owns the client channel from now on.
     *
     * @param admitted has the local port of the connection to the server while it is open
     */
    BridgedConnection(SocketChannel client, InetSocketAddress server, Set<Integer> admitted, SpareDescriptors spare) {
        this.client = client;
        this.server = server;
        this.admitted = admitted;
        this.spare = spare;
    }

    /** Copies until both sides have closed, then closes both. */
    void run() {
        int port = 0;
        spare.connecting();
        try {
            client.configureBlocking(true);
            set(client, StandardSocketOptions.TCP_NODELAY);
            SocketChannel channel = connect();
            back = channel;
            if (closed) {
                return;
            }
            port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            // The server checks the port when it has a request, and no byte has been sent yet.
            admitted.add(port);
            Thread requests = Thread.ofVirtual().name("sluice-admin-bridge").start(() -> copyRequests(channel));
            copyAnswers(channel);
            requests.join(LINGER);
        } catch (IOException e) {
            LOG.debug("admin connection ended: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            // Before the port is free for others to take.
            admitted.remove(port);
            close();
            settle();
        }
    }

    private SocketChannel connect() throws IOException {
        for (int attempt = 1;; attempt++) {
            try {
                return connectWithRoomToAnswer();
            } catch (IOException e) {
                if (closed || attempt == CONNECT_ATTEMPTS) {
                    throw e;
                }
                // If the spare ones are not enough, those of the previous connection are free within milliseconds.
                spare.release();
                LockSupport.parkNanos(attempt * CONNECT_PAUSE_NANOS);
            }
        }
    }

    /**
     * Connects if two further descriptors are free: the HTTP server needs one to accept, for which it would wait in a
     * busy loop, and the response needs one if it reads a file or loads a class.
     */
    private SocketChannel connectWithRoomToAnswer() throws IOException {
        try (SocketChannel toAccept = SocketChannel.open(); SocketChannel toAnswer = SocketChannel.open()) {
            LOG.trace("room to answer: {}, {}", toAccept, toAnswer);
            return SocketChannel.open(server);
        }
    }

    private void copyRequests(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        boolean serverListens = true;
        try {
            for (int n = client.read(buffer); n >= 0; n = client.read(buffer.clear())) {
                lastProgress = System.nanoTime();
                int soFar = unanswered + n;
                unanswered = soFar;
                if (soFar > MAX_REQUEST_BYTES) {
                    LOG.warn("admin: a connection was closed, because its request has more than {} bytes",
                            MAX_REQUEST_BYTES);
                    close();
                    return;
                }
                // Once the server has closed, the rest is read and discarded: closing over unread bytes would destroy
                // its response.
                serverListens = serverListens && write(channel, buffer.flip());
            }
            if (serverListens) {
                channel.shutdownOutput();
            }
        } catch (IOException e) {
            LOG.debug("admin client went away: {}", e.toString());
            close();
        }
    }

    private static boolean write(SocketChannel channel, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return true;
        } catch (IOException e) {
            LOG.debug("the HTTP server has closed: {}", e.toString());
            return false;
        }
    }

    private void copyAnswers(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        while (readAtOnce(channel, buffer.clear()) >= 0) {
            unanswered = 0;
            settle();
            buffer.flip();
            answering = true;
            while (buffer.hasRemaining()) {
                client.write(buffer);
                lastProgress = System.nanoTime();
            }
            answering = false;
        }
        client.shutdownOutput();
    }

    /**
     * Reads, with what has arrived acknowledged at once. The HTTP server sends head and body of a response one after the other and
     * without TCP_NODELAY, so that its kernel holds the body back until the head is acknowledged, which takes 40 ms otherwise.
     */
    private static int readAtOnce(SocketChannel channel, ByteBuffer buffer) throws IOException {
        // The kernel forgets it with each request that is sent.
        set(channel, ExtendedSocketOptions.TCP_QUICKACK);
        return channel.read(buffer);
    }

    /** Sets an option, where the system has it. */
    private static void set(SocketChannel channel, SocketOption<Boolean> option) throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption(option, true);
        }
    }

    private void settle() {
        if (settled.compareAndSet(false, true)) {
            spare.settled();
        }
    }

    /**
     * Checks the connection, about once a second: helps it if it makes no progress, and ends it if that is of no use.
     */
    void tick(long now) {
        if (!settled.get() && now - startNanos > SETTLING.toNanos()) {
            // The HTTP server may be trying to accept it without a descriptor; if it has one, this costs nothing.
            spare.release();
            settle();
        }
        Duration most = isOwing() ? NO_PROGRESS : IDLE;
        if (now - lastProgress > most.toNanos()) {
            close();
        }
    }

    /** Whether a request has no response yet, or a response is on its way. */
    boolean isOwing() {
        return answering || unanswered > 0;
    }

    /** Closes both sides at once; the copying threads end. */
    @Override
    public void close() {
        closed = true;
        closeQuietly(client);
        closeQuietly(back);
    }

    private static void closeQuietly(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("closing an admin connection", e);
        }
    }
}
