package dev.sluice.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/** A server on a free port of the loopback interface that runs a script for each connection, on a virtual thread. */
public final class TestingUpstream implements AutoCloseable {
    private final ServerSocket listening;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Thread acceptor;

    /** A script for one connection, which is closed afterwards. */
    @FunctionalInterface
    public interface Script {
        void serve(Socket client) throws IOException;
    }

    private TestingUpstream(ServerSocket listening, Script script) {
        this.listening = listening;
        this.script = script;
        this.acceptor = Thread.ofVirtual().start(this::acceptAll);
    }

    /** A server on 127.0.0.1. */
    public static TestingUpstream start(Script script) {
        return start("127.0.0.1", 0, script);
    }

    /** A server on an address and port; 0 = a free one. */
    public static TestingUpstream start(String host, int port, Script script) {
        try {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(host), port), 4096);
            return new TestingUpstream(socket, script);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server that sends back what it gets, and FIN after FIN. */
    public static TestingUpstream echo() {
        return start(TestingUpstream::echo);
    }

    /** The script of {@link #echo()}. */
    public static void echo(Socket client) throws IOException {
        client.setTcpNoDelay(true);
        client.getInputStream().transferTo(client.getOutputStream());
        client.shutdownOutput();
    }

    private void acceptAll() {
        while (true) {
            Socket client;
            try {
                client = listening.accept();
            } catch (IOException closed) {
                return;
            }
            accepted.incrementAndGet();
            open.add(client);
            Thread.ofVirtual().start(() -> serve(client));
        }
    }

    private void serve(Socket client) {
        try (client) {
            script.serve(client);
        } catch (IOException peerWentAway) {
            // A test that cares looks at what arrived.
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        } finally {
            open.remove(client);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** As in a configuration: {@code 127.0.0.1:port}. */
    public String address() {
        String host = listening.getInetAddress().getHostAddress();
        return host.contains(":") ? "[" + host + "]:" + port() : host + ":" + port();
    }

    /** Connections accepted since the start. */
    public int accepted() {
        return accepted.get();
    }

    /** Connections that are open now. */
    public int open() {
        return open.size();
    }

    /** Closes all; rethrows what a script's assertion threw. */
    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
        try {
            acceptor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Await.equal("open connections of the upstream", 0, open::size);
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError("a script of the upstream failed", thrown);
        }
    }
}
