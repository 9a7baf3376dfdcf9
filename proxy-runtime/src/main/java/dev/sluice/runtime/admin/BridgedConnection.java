package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One admin connection: what the operator sends goes to the HTTP server, what that answers goes back. Two virtual threads copy; {@link
 * #close} and the questions are for any thread.
 */
final class BridgedConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BridgedConnection.class);
    private static final int BUFFER_BYTES = 8 * 1024;

    /** How much may arrive before the HTTP server has said anything. */
    private static final int MAX_REQUEST_BYTES = 64 * 1024;

    /** How long a client may take to close its side after the HTTP server has closed. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    /** How long a connection is new if no answer shows that it works. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    /** The HTTP server closes idle connections after 30 to 40 s; this catches clients that do not take their answer. */
    private static final Duration NO_PROGRESS = Duration.ofSeconds(60);

    /** Five attempts are 100 ms. */
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

    /**
     * Owns the client channel from now on.
     *
     * @param admitted gets the local port of the connection to the server while that is open
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
            SocketChannel channel = connect();
            back = channel;
            if (closed) {
                return;
            }
            port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            // The server looks at the port when it has a request, and no byte of one has been sent yet.
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
                // If these are not enough, then what the connection before has left is there within milliseconds.
                spare.release();
                LockSupport.parkNanos(attempt * CONNECT_PAUSE_NANOS);
            }
        }
    }

    /**
     * Connects if two descriptors more are there: the HTTP server needs one to accept, for which it would wait in a busy loop, and the
     * answer needs one if it reads a file or loads a class.
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
                    LOG.warn("admin: connection closed: a request of more than {} bytes", MAX_REQUEST_BYTES);
                    close();
                    return;
                }
                // Once the server has closed, the rest is read and forgotten: closing on unread bytes would destroy its answer.
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
        while (channel.read(buffer.clear()) >= 0) {
            unanswered = 0;
            settle();
            buffer.flip();
            while (buffer.hasRemaining()) {
                client.write(buffer);
                lastProgress = System.nanoTime();
            }
        }
        client.shutdownOutput();
    }

    private void settle() {
        if (settled.compareAndSet(false, true)) {
            spare.settled();
        }
    }

    /** To be called about once a second: helps a connection that does not get ahead, and ends it if that is of no use. */
    void tick(long now) {
        if (!settled.get() && now - startNanos > SETTLING.toNanos()) {
            // The HTTP server may be trying to accept it without a descriptor; where others are, this costs nothing.
            spare.release();
            settle();
        }
        if (now - lastProgress > NO_PROGRESS.toNanos()) {
            close();
        }
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
