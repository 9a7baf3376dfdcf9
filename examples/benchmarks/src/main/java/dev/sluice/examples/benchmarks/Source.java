package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * An upstream that sends without end to everybody who connects. One thread.
 *
 * <p>It writes from memory. {@code sendfile} would spare it the copy, but puts single pages into the stream, which cost every peer behind it,
 * those that splice included, about twice the CPU, and were slower in all.
 */
final class Source implements AutoCloseable {
    private static final int CHUNK = 256 * 1024;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listening = ServerSocketChannel.open();
    private final ByteBuffer content = ByteBuffer.allocateDirect(CHUNK);

    /** On a free port. */
    Source() throws IOException {
        listening.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 4096);
        listening.configureBlocking(false);
        listening.register(selector, SelectionKey.OP_ACCEPT);
        Thread thread = new Thread(this::run, "source");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return listening.socket().getLocalPort();
    }

    private void run() {
        try {
            while (listening.isOpen()) {
                selector.select(this::serve);
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
                    client.register(selector, SelectionKey.OP_WRITE);
                }
            } else {
                content.clear();
                ((SocketChannel) key.channel()).write(content);
            }
        } catch (IOException gone) {
            try {
                key.channel().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        selector.wakeup();
    }
}
