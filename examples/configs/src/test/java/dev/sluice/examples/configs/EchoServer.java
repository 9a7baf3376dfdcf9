package dev.sluice.examples.configs;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** Sends back what comes, on one port of all addresses of this machine: 127.0.0.1, 127.0.0.2 and so on are endpoints of their own. */
final class EchoServer implements AutoCloseable {
    private final ServerSocket listening;
    private final Thread acceptor;

    EchoServer() throws IOException {
        listening = new ServerSocket(0);
        acceptor = Thread.ofVirtual().start(this::acceptAll);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void acceptAll() {
        while (true) {
            Socket client;
            try {
                client = listening.accept();
            } catch (IOException closed) {
                return;
            }
            Thread.ofVirtual().start(() -> {
                try (client) {
                    client.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException gone) {
                    // The test notices on its own end.
                }
            });
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        listening.close();
        acceptor.join();
    }
}
