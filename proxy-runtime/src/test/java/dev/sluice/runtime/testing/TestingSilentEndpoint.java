package dev.sluice.runtime.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** An address on which a connect is neither accepted nor refused: its queue is full, and Linux drops further SYNs. */
public final class TestingSilentEndpoint implements AutoCloseable {
    private static final int PROBE_MILLIS = 200;
    private final ServerSocket listening;
    private final List<Socket> queued = new ArrayList<>();

    public TestingSilentEndpoint() throws IOException {
        listening = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort()),
                        PROBE_MILLIS);
                queued.add(socket);
            } catch (SocketTimeoutException silent) {
                socket.close();
                return;
            }
        }
    }

    public String address() {
        return "127.0.0.1:" + listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : queued) {
            socket.close();
        }
    }
}
