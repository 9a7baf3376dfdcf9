package dev.sluice.runtime.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

import dev.sluice.runtime.ProxyServer;

/** A blocking client with a time limit on everything, whose every answer can be asserted on. */
public final class TestingClient implements AutoCloseable {
    /** Ends of a stream. */
    public enum End {
        FIN,
        RESET
    }

    private final Socket socket;

    private TestingClient(Socket socket) {
        this.socket = socket;
    }

    /** Connects to a listener of a proxy. */
    public static TestingClient connect(ProxyServer proxy, String listener) throws IOException {
        return connect(proxy.address(listener));
    }

    /**
     * Connects to an address. A proxy that resets at once may do so before this thread has seen that it is connected: that is a client like any
     * other one that has been reset, and its {@link #end} says so.
     */
    public static TestingClient connect(SocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, (int) Await.PATIENCE.toMillis());
            socket.setSoTimeout((int) Await.PATIENCE.toMillis());
            socket.setTcpNoDelay(true);
        } catch (ConnectException refused) {
            throw refused;
        } catch (SocketException reset) {
            socket.close();
        }
        return new TestingClient(socket);
    }

    public Socket socket() {
        return socket;
    }

    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Sends what the proxy need not take, since it may have reset the connection already: how it ended is what {@link #end} reports. */
    public void sendUnlessReset(String text) throws IOException {
        try {
            send(text);
        } catch (SocketException reset) {
            // As end() will say.
        }
    }

    /** Reads exactly {@code count} bytes. */
    public byte[] read(int count) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(count);
        if (bytes.length != count) {
            throw new AssertionError("wanted " + count + " bytes, got " + bytes.length + " and then FIN");
        }
        return bytes;
    }

    /** Reads as many bytes as {@code text} has. */
    public String readText(int length) throws IOException {
        return new String(read(length), StandardCharsets.UTF_8);
    }

    /** Sends, and reads back as much. */
    public String roundTrip(String text) throws IOException {
        send(text);
        return readText(text.getBytes(StandardCharsets.UTF_8).length);
    }

    /** Reads to the end, whatever comes. */
    public byte[] readAll() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    /** Sends FIN. */
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    /** Closes with RST. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Reads and drops what comes until the stream ends, and says how. */
    public End end() throws IOException {
        byte[] dropped = new byte[64 * 1024];
        try {
            while (socket.getInputStream().read(dropped) >= 0) {
                // Only the end is of interest.
            }
            return End.FIN;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither FIN nor RST within " + Await.PATIENCE.toSeconds() + " s", e);
        } catch (SocketException reset) {
            return End.RESET;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
