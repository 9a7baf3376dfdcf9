package dev.sluice.examples.soak;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One end of a connection: what it sends and receives has known content. A {@link SocketException} is a reset; everything else that must not
 * happen is a {@link WrongStream}. Sending and receiving may be done by two threads.
 */
final class Line {
    private static final int CHUNK = 32 * 1024;
    /** Longer than anything that is planned, and than a busy machine keeps threads waiting; a proxy that forgets a connection is found by it. */
    private static final int STANDSTILL_MILLIS = 600_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final Content outgoing;
    private final Content incoming;
    private final Totals totals;
    private long sent;
    private long received;

    Line(Socket socket, Content outgoing, Content incoming, Totals totals) throws IOException {
        this.socket = socket;
        this.outgoing = outgoing;
        this.incoming = incoming;
        this.totals = totals;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(STANDSTILL_MILLIS);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    /** Bytes that are not counted as content. */
    void write(byte[] bytes, int from, int to) throws IOException {
        out.write(bytes, from, to - from);
    }

    /** One byte that is not content; -1 at the end. */
    int read() throws IOException {
        return in.read();
    }

    /** Bytes that are not content: as many as there are before the end, and so many at most. */
    byte[] read(int count) throws IOException {
        return in.readNBytes(count);
    }

    /** Sends the stream up to this position. */
    void send(long upTo) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(upTo - sent, 0))];
        while (sent < upTo) {
            int length = (int) Math.min(chunk.length, upTo - sent);
            outgoing.fill(chunk, length, sent);
            out.write(chunk, 0, length);
            sent += length;
        }
    }

    /** Sends as {@link #send}, in so many steps with pauses. */
    void sendSlowly(long upTo, int steps, long pauseMillis) throws IOException {
        long start = sent;
        for (int step = 1; step <= steps; step++) {
            send(start + (upTo - start) * step / steps);
            pause(pauseMillis / steps);
        }
    }

    /** Receives the stream up to this position. */
    void receive(long upTo) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(upTo - received, 0))];
        while (received < upTo) {
            int length = in(chunk, (int) Math.min(chunk.length, upTo - received));
            if (length < 0) {
                throw new WrongStream("it ended in order after " + received + " of " + upTo + " bytes");
            }
        }
    }

    void receiveSlowly(long upTo, int steps, long pauseMillis) throws IOException {
        long start = received;
        for (int step = 1; step <= steps; step++) {
            pause(pauseMillis / steps);
            receive(start + (upTo - start) * step / steps);
        }
    }

    /** Receives nothing but the end of the stream. */
    void expectEnd() throws IOException {
        byte[] chunk = new byte[16];
        if (in(chunk, chunk.length) >= 0) {
            throw new WrongStream("more than " + received + " bytes came");
        }
    }

    /** Receives content until the other side is reset; an end in order would make a stream that was cut look complete. */
    void expectReset() throws IOException {
        byte[] chunk = new byte[CHUNK];
        try {
            while (in(chunk, chunk.length) >= 0) {
                // Whatever arrived before the reset.
            }
        } catch (SocketException planned) {
            return;
        }
        throw new WrongStream("it was cut, but ended in order after " + received + " bytes");
    }

    /** Sends until that fails or everything is sent, and waits for the reset. */
    void sendUntilReset(long upTo) throws IOException {
        try {
            send(upTo);
        } catch (SocketException planned) {
            return;
        }
        expectReset();
    }

    /** {@return the number of bytes read, all of them right, or -1 at the end} */
    private int in(byte[] chunk, int most) throws IOException {
        int length;
        try {
            length = in.read(chunk, 0, most);
        } catch (SocketTimeoutException e) {
            throw new WrongStream("nothing came for " + STANDSTILL_MILLIS / 1000 + " s after " + received + " bytes");
        }
        if (length > 0) {
            int wrong = incoming.difference(chunk, length, received);
            if (wrong >= 0) {
                throw new WrongStream("byte " + (received + wrong) + " is wrong");
            }
            received += length;
            totals.bytes(length);
        }
        return length;
    }

    void finish() throws IOException {
        socket.shutdownOutput();
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    static void pause(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
