package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A server on 127.0.0.1 for proxies to stand before. One thread, which begins with {@link #start} and ends with {@link #close}. */
abstract class Upstream implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listening = ServerSocketChannel.open();

    /** @param port 0 = a free one */
    Upstream(int port) throws IOException {
        listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 4096);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Begins to serve; the last thing that a constructor does. */
    final void start(String name) {
        Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    final int port() {
        return listening.socket().getLocalPort();
    }

    /** Sets the events that a connection, just accepted, waits for. */
    abstract void accepted(SelectionKey connection);

    /** A connection is ready; if this fails, it is closed. */
    abstract void ready(SelectionKey connection, SocketChannel channel) throws IOException;

    /** All that was ready has been served. */
    void turned() {}

    private void run() {
        try {
            while (listening.isOpen()) {
                selector.select(this::serve);
                turned();
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
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
                    accepted(client.register(selector, 0));
                }
            } else {
                ready(key, (SocketChannel) key.channel());
            }
        } catch (IOException gone) {
            end(key);
        }
    }

    /** Ends a connection. */
    void end(SelectionKey connection) {
        try {
            connection.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public final void close() throws IOException {
        listening.close();
        selector.wakeup();
    }
}
