package dev.sluice.examples.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * The clients of {@link Seed}, a process of their own because of their descriptors: many connections, a few of them active at a time. Those
 * send one message each and wait until all of it is back, every byte compared; then it is the turn of those that have been silent for
 * longest, so that all become active again and again.
 *
 * <p>Prints {@code connected}; after a line on standard input sends for a while, and prints {@code done} and the number of messages; keeps
 * all connections open until standard input ends.
 */
public final class SeedClients {
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Connections connections = new Connections();
    private final Deque<Client> silent = new ArrayDeque<>();
    private final ByteBuffer message;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(64 * 1024);
    private int asking;
    private long messages;

    private SeedClients(int size) throws IOException {
        byte[] content = new byte[size];
        new SplittableRandom(42).nextBytes(content);
        message = ByteBuffer.allocateDirect(size).put(content).flip();
    }

    /** One connection. */
    private final class Client implements Connections.Handler {
        private final SocketChannel channel;
        private int received;

        Client(int port) throws IOException {
            channel = (SocketChannel) connections.open(port, this).channel();
        }

        void ask() throws IOException {
            asking++;
            received = 0;
            message.rewind();
            // A message fits the socket's buffer, which is empty: the write is never short.
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
            answer.flip();
            if (received + count > message.capacity() || !answer.equals(message.slice(received, count))) {
                throw new IOException("what came back behind byte " + received + " is not what was sent");
            }
            received += count;
            if (received == message.capacity()) {
                messages++;
                asking--;
                silent.add(this);
            }
        }
    }

    /** {@code PROXY_PORT CONNECTIONS ACTIVE MESSAGE_BYTES MILLIS} */
    public static void main(String[] args) throws IOException {
        SeedClients clients = new SeedClients(Integer.parseInt(args[3]));
        for (int i = Integer.parseInt(args[1]); i > 0; i--) {
            clients.silent.add(clients.new Client(Integer.parseInt(args[0])));
        }
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("connected");
        if (commands.readLine() != null) {
            clients.run(Integer.parseInt(args[2]), TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[4])));
            System.out.println("done " + clients.messages);
            while (commands.readLine() != null) {
                // Connections stay open while this process does.
            }
        }
    }

    private void run(int active, long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            while (asking < active) {
                silent.remove().ask();
            }
            connections.serve();
        }
        while (asking > 0) {
            connections.serve();
            if (System.nanoTime() > end + STUCK_NANOS) {
                throw new IOException(asking + " messages have not come back");
            }
        }
    }
}
