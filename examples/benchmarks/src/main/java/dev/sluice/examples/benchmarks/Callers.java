package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import org.HdrHistogram.Histogram;

/**
 * Clients that each connect, send one message, wait for all of it to come back, close, and begin anew. One thread.
 *
 * <p>Closed-loop, as {@link PingPong} is.
 */
final class Callers implements AutoCloseable {
    private final Connections connections = new Connections();
    private final InetSocketAddress address;
    private final int callers;
    private final ByteBuffer message;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(64 * 1024);
    private final Histogram latency = new Histogram(3);
    private long answered;
    private boolean stopping;

    /**
     * Nothing is connected yet.
     *
     * @param callers how many connections are open at a time
     * @param header bytes that the proxy takes from the message, and sends others of the same length for
     * @param size of the rest of the message, in bytes
     */
    Callers(int port, int callers, byte[] header, int size) throws IOException {
        this.address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
        this.callers = callers;
        this.message = ByteBuffer.allocateDirect(header.length + size).put(header);
    }

    /** Nothing is connected yet, and nothing is taken from the message. */
    Callers(int port, int callers, int size) throws IOException {
        this(port, callers, new byte[0], size);
    }

    /** One connection, for one message. */
    private final class Call implements Connections.Handler {
        private final long began = System.nanoTime();
        private int missing = message.capacity();

        @Override
        public void onReady(SelectionKey key) throws IOException {
            SocketChannel channel = (SocketChannel) key.channel();
            if (key.isConnectable()) {
                channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                ask(channel);
                return;
            }
            answer.clear();
            int count = channel.read(answer);
            if (count < 0) {
                throw new IOException("the proxy closed a connection before " + missing + " bytes had come back");
            }
            missing -= count;
            if (missing == 0) {
                channel.close();
                latency.recordValue(System.nanoTime() - began);
                answered++;
                if (!stopping) {
                    call();
                }
            }
        }

        private void ask(SocketChannel channel) throws IOException {
            message.clear();
            while (message.hasRemaining()) {
                channel.write(message);
            }
        }
    }

    private void call() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        Call call = new Call();
        if (channel.connect(address)) {
            connections.register(channel, SelectionKey.OP_READ, call);
            call.ask(channel);
        } else {
            connections.register(channel, SelectionKey.OP_CONNECT, call);
        }
    }

    /** Calls for a while and until one was answered, and lets the last calls end. */
    PingPong.Result run(long millis) throws IOException {
        answered = 0;
        latency.reset();
        stopping = false;
        long start = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            call();
        }
        Span span = new Span(start, millis);
        while (span.goesOn(answered)) {
            connections.serve();
        }
        PingPong.Result result = new PingPong.Result(answered, System.nanoTime() - start, latency.copy());
        stopping = true;
        while (!connections.none()) {
            connections.serve();
        }
        return result;
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
