package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Clients that read all they can get, and throw it away. One thread. */
final class Sinks implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    private long received;

    Sinks(int port, int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            SocketChannel channel = SocketChannel
                    .open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
        }
    }

    /**
     * What was measured.
     *
     * @param bytes received
     * @param nanos that it took
     */
    record Result(long bytes, long nanos) {
        double gigabytesPerSecond() {
            return 1.0 * bytes / nanos;
        }
    }

    /** Reads for a while, and until something has come. */
    Result run(long millis) throws IOException {
        received = 0;
        long start = System.nanoTime();
        Span span = new Span(start, millis);
        while (span.goesOn(received)) {
            selector.select(this::onReady, 100);
        }
        return new Result(received, System.nanoTime() - start);
    }

    private void onReady(SelectionKey key) {
        try {
            buffer.clear();
            int count = ((SocketChannel) key.channel()).read(buffer);
            if (count < 0) {
                throw new IOException("the proxy closed a connection");
            }
            received += count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
