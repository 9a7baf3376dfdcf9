package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Clients that read all they can get, and throw it away. One thread. */
final class Sinks implements AutoCloseable {
    private final Connections connections = new Connections();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    private long received;

    Sinks(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            connections.open(port, this::read);
        }
    }

    /**
     * Figures of one run.
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
            connections.serve();
        }
        return new Result(received, System.nanoTime() - start);
    }

    private void read(SelectionKey key) throws IOException {
        buffer.clear();
        int count = ((SocketChannel) key.channel()).read(buffer);
        if (count < 0) {
            throw new IOException("the proxy closed a connection");
        }
        received += count;
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
