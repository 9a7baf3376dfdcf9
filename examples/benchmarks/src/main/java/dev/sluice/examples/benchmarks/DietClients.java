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
 * The clients of {@link Diet}, a process of their own because of their descriptors: each connection sends one message
 * of any size, gets it back with every byte compared, and is silent from then on; or it is silent from the start. A
 * message begins like a request of HTTP/1.1, so that the filter that looks at it finds something out.
 *
 * <p>Prints {@code ready} when all are connected and have got their messages back; for each further line on standard
 * input closes all connections and prints {@code closed}, or ends with standard input.
 */
public final class DietClients {
    /** The number of connections that wait for their messages at a time. */
    private static final int ACTIVE_OF = 20;
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Connections connections = new Connections();
    private final Deque<Client> waiting = new ArrayDeque<>();
    private final ByteBuffer message;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(64 * 1024);
    private int asking;

    private DietClients(int size) throws IOException {
        byte[] content = new byte[size];
        new SplittableRandom(42).nextBytes(content);
        byte[] head = "GET /diet HTTP/1.1\r\nHost: www.example.com\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, content, 0, Math.min(size, head.length));
        message = ByteBuffer.allocateDirect(size).put(content).flip();
    }

    /** One connection. */
    private final class Client implements Connections.Handler {
        private final SocketChannel channel;
        private final SelectionKey key;
        private int sent;
        private int received;

        Client(int port) throws IOException {
            key = connections.open(port, this);
            channel = (SocketChannel) key.channel();
        }

        void ask() throws IOException {
            asking++;
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            send();
        }

        private void send() throws IOException {
            sent += channel.write(message.duplicate().position(sent));
            if (sent == message.capacity()) {
                key.interestOps(SelectionKey.OP_READ);
            }
        }

        @Override
        public void onReady(SelectionKey ready) throws IOException {
            if (key.isWritable()) {
                send();
            }
            if (key.isReadable()) {
                receive();
            }
        }

        private void receive() throws IOException {
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
                asking--;
            }
        }
    }

    /** {@code PROXY_PORT CONNECTIONS MESSAGE_BYTES}; 0 bytes = silent from the start. */
    public static void main(String[] args) throws IOException {
        int connections = Integer.parseInt(args[1]);
        int size = Integer.parseInt(args[2]);
        DietClients clients = new DietClients(size);
        for (int i = 0; i < connections; i++) {
            clients.waiting.add(clients.new Client(Integer.parseInt(args[0])));
        }
        if (size > 0) {
            clients.run(Math.max(1, connections / ACTIVE_OF));
        }
        System.out.println("ready");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (commands.readLine() != null) {
            clients.connections.closeAll();
            System.out.println("closed");
        }
    }

    private void run(int active) throws IOException {
        long deadline = System.nanoTime() + STUCK_NANOS;
        while (asking > 0 || !waiting.isEmpty()) {
            while (asking < active && !waiting.isEmpty()) {
                waiting.remove().ask();
                deadline = System.nanoTime() + STUCK_NANOS;
            }
            connections.serve();
            if (System.nanoTime() > deadline) {
                throw new IOException(asking + " messages have not come back");
            }
        }
    }
}
