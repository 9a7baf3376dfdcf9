package dev.sluice.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/** An upstream that sends back what it gets; {@link #close} ends its connections too. */
final class TestingEcho implements AutoCloseable {
    private final ServerSocket server;
    private final String transport;
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<CompletableFuture<@Nullable Void>> tasks = ConcurrentHashMap.newKeySet();

    TestingEcho() throws IOException {
        this("auto");
    }

    /** @param transport what the configurations of this upstream name as {@code runtime.transport} */
    TestingEcho(String transport) throws IOException {
        this.transport = transport;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /** Writes a configuration with one listener, {@code edge}, before this upstream. */
    Path configuration(Path file, String edge, String drainTimeout) throws IOException {
        return Files.writeString(file, """
                runtime: { drainTimeout: %s, transport: %s }
                admin: { listen: "127.0.0.1:0" }
                listeners:
                  - { name: edge, listen: "%s", cluster: echo }
                clusters:
                  - name: echo
                    endpoints: [ { address: "127.0.0.1:%d" } ]
                """.formatted(drainTimeout, transport, edge, server.getLocalPort()));
    }

    /** As in a configuration: {@code 127.0.0.1:port}. */
    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Connections accepted so far. */
    int accepted() {
        return accepted.get();
    }

    /** Connects, and has proved that the connection is relayed. */
    static Socket connect(InetSocketAddress proxy) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout((int) TestingDaemon.LIMIT.toMillis());
        socket.connect(proxy, (int) TestingDaemon.LIMIT.toMillis());
        exchange(socket);
        return socket;
    }

    /** One byte there and back. */
    static void exchange(Socket socket) throws IOException {
        socket.getOutputStream().write('x');
        int answer = socket.getInputStream().read();
        if (answer != 'x') {
            throw new IOException("sent x, received " + answer);
        }
    }

    private void start(Runnable task) {
        tasks.add(CompletableFuture.runAsync(task, command -> Thread.ofPlatform().daemon().start(command)));
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                sockets.add(socket);
                start(() -> echo(socket));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // Killed daemons reset their connections: the tests that kill them expect it.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        CompletableFuture.allOf(tasks.toArray(CompletableFuture[]::new))
                .orTimeout(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS).join();
    }
}
