package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** The connections of a load generator to a proxy on 127.0.0.1. For one thread. */
final class Connections implements AutoCloseable {
    private final Selector selector = Selector.open();

    Connections() throws IOException {}

    /** The owner of one connection, called when that is ready. */
    interface Handler {
        /** A failure ends the whole run. */
        void onReady(SelectionKey key) throws IOException;
    }

    /** Connects, and waits for answers. */
    SelectionKey open(int port, Handler handler) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return register(channel, SelectionKey.OP_READ, handler);
    }

    SelectionKey register(SocketChannel channel, int interest, Handler handler) throws IOException {
        return channel.register(selector, interest, handler);
    }

    /** Waits for a while until some are ready, and calls their handlers. */
    void serve() throws IOException {
        selector.select(Connections::onReady, 100);
    }

    private static void onReady(SelectionKey key) {
        try {
            ((Handler) key.attachment()).onReady(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether all have been closed, and that has been seen. */
    boolean none() {
        return selector.keys().isEmpty();
    }

    /** Closes all that are open; others may follow. */
    void closeAll() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.selectNow();
    }

    @Override
    public void close() throws IOException {
        closeAll();
        selector.close();
    }
}
