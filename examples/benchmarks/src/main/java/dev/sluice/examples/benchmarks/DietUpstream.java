package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

import org.jspecify.annotations.Nullable;

/** The upstream of {@link Diet}: sends back what it gets, messages of any size, and counts its connections. One thread. */
final class DietUpstream implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listening = ServerSocketChannel.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    private volatile int connections;
    private int open;

    DietUpstream() throws IOException {
        listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 4096);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
        Thread.ofPlatform().daemon().name("diet-upstream").start(this::run);
    }

    /** What one connection has received and not sent back yet; null = nothing. */
    private static final class Owed {
        private @Nullable ByteBuffer rest;
    }

    int port() {
        return listening.socket().getLocalPort();
    }

    /** How many are open now. */
    int connections() {
        return connections;
    }

    private void run() {
        try {
            while (listening.isOpen()) {
                selector.select(this::serve);
                connections = open;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                for (SocketChannel client = listening.accept(); client != null; client = listening.accept()) {
                    client.configureBlocking(false);
                    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    client.register(selector, SelectionKey.OP_READ, new Owed());
                    open++;
                }
            } else {
                echo((SocketChannel) key.channel(), key, (Owed) key.attachment());
            }
        } catch (IOException gone) {
            closeQuietly(key);
        }
    }

    /** Reads again only when all has been sent: memory stays small, and the proxy meets a slow receiver. */
    private void echo(SocketChannel client, SelectionKey key, Owed owed) throws IOException {
        ByteBuffer sending = owed.rest;
        if (sending == null) {
            buffer.clear();
            if (client.read(buffer) < 0) {
                end(client);
                return;
            }
            sending = buffer.flip();
        }
        client.write(sending);
        if (!sending.hasRemaining()) {
            owed.rest = null;
            key.interestOps(SelectionKey.OP_READ);
        } else if (owed.rest == null) {
            owed.rest = ByteBuffer.allocate(sending.remaining()).put(sending).flip();
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    private void end(SocketChannel client) throws IOException {
        client.close();
        open--;
    }

    private void closeQuietly(SelectionKey key) {
        try {
            end((SocketChannel) key.channel());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        selector.wakeup();
    }
}
