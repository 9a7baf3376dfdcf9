package dev.sluice.examples.quickstart;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Random;

/** A client that knows what the answer must be. */
final class Client implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket = new Socket();

    Client(SocketAddress address) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(address, TIMEOUT_MILLIS);
    }

    /**
     * Sends random bytes and waits for the same ones, as often as asked.
     *
     * @throws IOException if something else comes back, or nothing
     */
    void exchange(Random random, int messages, int bytes) throws IOException {
        byte[] message = new byte[bytes];
        for (int i = 0; i < messages; i++) {
            random.nextBytes(message);
            socket.getOutputStream().write(message);
            byte[] answer = socket.getInputStream().readNBytes(bytes);
            int differs = Arrays.mismatch(message, answer);
            if (differs >= 0) {
                throw new IOException("message " + i + " came back different from byte " + differs + " on, with "
                        + answer.length + " of " + bytes + " bytes");
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
