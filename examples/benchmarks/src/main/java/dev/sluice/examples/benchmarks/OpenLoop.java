package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.HdrHistogram.Histogram;

/**
 * Clients that send at a fixed rate, whether or not answers have come: message <i>k</i> is due at <i>start + k / rate</i>, on the connections
 * in turns, and its latency counts from that time. An answer that is late delays no question, so nothing is left out of the percentiles
 * (no coordinated omission: G. Tene, "How NOT to Measure Latency", 2013).
 *
 * <p>One thread sends, one receives; a message on a connection may follow another whose answer is still under way.
 */
final class OpenLoop implements AutoCloseable {
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** While a socket takes no more, it is tried again after this time. */
    private static final long RETRY_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final Connections connections = new Connections();
    private final List<Client> clients = new ArrayList<>();
    private final ByteBuffer message;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(64 * 1024);
    private final int size;
    private Histogram latency = new Histogram(3);
    private long start;
    private double perSecond;
    private long answered;

    /** @param size of a message, in bytes */
    OpenLoop(int port, int connections, int size) throws IOException {
        this.size = size;
        this.message = ByteBuffer.allocateDirect(size);
        for (int i = 0; i < connections; i++) {
            clients.add(new Client(port, i));
        }
    }

    /**
     * Figures of one run, in nanoseconds.
     *
     * @param latency of each message, from the time at which it was due
     * @param lateness of the sender: how long after the message was due it came to send it
     */
    record Result(Histogram latency, Histogram lateness) {}

    /** One connection. Its debt belongs to the sender, the rest to the receiver. */
    private final class Client implements Connections.Handler {
        private final SocketChannel channel;
        private final int index;
        private long owed;
        private long received;
        private long answers;

        Client(int port, int index) throws IOException {
            this.index = index;
            channel = (SocketChannel) connections.open(port, this).channel();
        }

        /** Sends what is owed as far as the socket takes it. */
        boolean send() throws IOException {
            while (owed > 0) {
                message.clear().limit((int) Math.min(owed, size));
                int count = channel.write(message);
                if (count == 0) {
                    return false;
                }
                owed -= count;
            }
            return true;
        }

        @Override
        public void onReady(SelectionKey key) throws IOException {
            answer.clear();
            int count = channel.read(answer);
            if (count < 0) {
                throw new IOException("the proxy closed a connection");
            }
            received += count;
            while (received >= size) {
                received -= size;
                latency.recordValue(System.nanoTime() - due(answers * clients.size() + index));
                answers++;
                answered++;
            }
        }
    }

    private long due(long k) {
        return start + (long) (k * 1e9 / perSecond);
    }

    /** Sends for a while at this rate, and waits for the last answer. */
    Result run(double rate, long millis) throws IOException {
        long total = Math.max(1, (long) (rate * millis / 1000));
        perSecond = rate;
        answered = 0;
        latency = new Histogram(3);
        clients.forEach(client -> client.answers = 0);
        start = System.nanoTime();
        FutureTask<Histogram> receiving = new FutureTask<>(() -> receive(total, due(total)));
        Thread receiver = new Thread(receiving, "receiver");
        receiver.setDaemon(true);
        receiver.start();
        try {
            Histogram lateness = send(total, receiving);
            return new Result(receiving.get(), lateness);
        } catch (ExecutionException | IOException e) {
            throw new IOException("the proxy closed a connection, or answers have not come: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Histogram send(long total, FutureTask<Histogram> receiving) throws IOException {
        Histogram lateness = new Histogram(3);
        List<Client> behind = new ArrayList<>();
        long k = 0;
        while (!receiving.isDone() && (k < total || !behind.isEmpty())) {
            for (int i = behind.size() - 1; i >= 0; i--) {
                if (behind.get(i).send()) {
                    behind.remove(i);
                }
            }
            long now = System.nanoTime();
            if (k < total && now >= due(k)) {
                lateness.recordValue(now - due(k));
                Client client = clients.get((int) (k % clients.size()));
                client.owed += size;
                if (!client.send() && !behind.contains(client)) {
                    behind.add(client);
                }
                k++;
            } else {
                long wait = k < total ? due(k) - now : RETRY_NANOS;
                LockSupport.parkNanos(behind.isEmpty() ? wait : Math.min(wait, RETRY_NANOS));
            }
        }
        return lateness;
    }

    private Histogram receive(long total, long lastDue) throws IOException {
        while (answered < total) {
            connections.serve();
            if (System.nanoTime() > lastDue + STUCK_NANOS) {
                throw new IOException(total - answered + " of " + total + " answers have not come");
            }
        }
        return latency;
    }

    @Override
    public void close() throws IOException {
        connections.close();
    }
}
