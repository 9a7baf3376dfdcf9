package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import org.HdrHistogram.Histogram;

/**
 * Clients that each send a message, wait for all of it to come back, and send the next. One thread.
 *
 * <p>The load is closed-loop: a slow answer delays the next question, so the percentiles leave out what would have been asked meanwhile
 * (coordinated omission). They compare peers under the same load; they are not what an open system would see.
 */
final class PingPong implements AutoCloseable {
    private final Connections connections = new Connections();
    private final ByteBuffer message;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(64 * 1024);
    private final int size;
    private final Histogram latency = new Histogram(3);
    private long answered;
    private int asking;
    private boolean finishing;

    /** One connection. */
    private final class Client implements Connections.Handler {
        private final SocketChannel channel;
        private int missing;
        private long asked;

        Client(int port) throws IOException {
            channel = (SocketChannel) connections.open(port, this).channel();
        }

        void ask() throws IOException {
            asking++;
            asked = System.nanoTime();
            missing = size;
            message.clear();
            while (message.hasRemaining()) {
                channel.write(message);
            }
        }

        @Override
        public void onReady(SelectionKey key) throws IOException {
            answer.clear();
            int count = channel.read(answer);
            if (count < 0) {
                throw new IOException("the proxy closed a connection");
            }
            missing -= count;
            if (missing == 0) {
                answered++;
                latency.recordValue(System.nanoTime() - asked);
                asking--;
                if (!finishing) {
                    ask();
                }
            }
        }
    }

    /**
     * Figures of one run.
     *
     * @param requests answered
     * @param nanos that it took
     */
    record Result(long requests, long nanos, Histogram latency) {
        double perSecond() {
            return requests * 1e9 / nanos;
        }
    }

    PingPong(int port, int connections, int size) throws IOException {
        this.size = size;
        this.message = ByteBuffer.allocateDirect(size);
        for (int i = 0; i < connections; i++) {
            new Client(port).ask();
        }
    }

    /** Keeps asking for a while, and until there was an answer. */
    Result run(long millis) throws IOException {
        answered = 0;
        latency.reset();
        long start = System.nanoTime();
        Span span = new Span(start, millis);
        while (span.goesOn(answered)) {
            connections.serve();
        }
        return new Result(answered, System.nanoTime() - start, latency.copy());
    }

    /** Lets every client get its last answer and fall silent. */
    void finish() throws IOException {
        finishing = true;
        while (asking > 0) {
            connections.serve();
        }
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
