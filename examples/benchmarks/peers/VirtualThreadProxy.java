import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy as one writes it with virtual threads: two for a connection, each with a buffer for life, because a read that blocks has to
 * be given one.
 *
 * <p>Usage: {@code VirtualThreadProxy LISTEN_PORT UPSTREAM_PORT REPORT_PORT}. A connection to the report port receives the most bytes of
 * buffers that were in use at once, in decimal. The kernel-facing buffers that the JDK copies through are not counted.
 */
public final class VirtualThreadProxy {
    private static final int BUFFER = 32 * 1024;
    private static final int BACKLOG = 4096;

    private final int upstream;
    private final AtomicLong inUse = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();

    private VirtualThreadProxy(int upstream) {
        this.upstream = upstream;
    }

    /** {@code LISTEN_PORT UPSTREAM_PORT REPORT_PORT} */
    public static void main(String[] args) throws IOException {
        VirtualThreadProxy proxy = new VirtualThreadProxy(Integer.parseInt(args[1]));
        ServerSocket reports = listen(args[2]);
        Thread.ofPlatform().name("report").start(() -> proxy.report(reports));
        try (ServerSocket listening = listen(args[0])) {
            while (true) {
                Socket client = listening.accept();
                Thread.startVirtualThread(() -> proxy.serve(client));
            }
        }
    }

    private static ServerSocket listen(String port) throws IOException {
        return new ServerSocket(Integer.parseInt(port), BACKLOG, InetAddress.ofLiteral("127.0.0.1"));
    }

    private void report(ServerSocket reports) {
        try {
            while (true) {
                try (Socket reader = reports.accept()) {
                    reader.getOutputStream().write((peak.get() + "\n").getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(Socket client) {
        try (client; Socket server = new Socket()) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), upstream));
            Thread other = Thread.startVirtualThread(() -> copy(client, server));
            copy(server, client);
            other.join();
        } catch (IOException e) {
            System.err.println(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Copies until the end, and passes the end on; what fails ends both directions. */
    private void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        peak.accumulateAndGet(inUse.addAndGet(BUFFER), Math::max);
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException failed) {
            closeQuietly(from);
            closeQuietly(to);
        } finally {
            inUse.addAndGet(-BUFFER);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            System.err.println(e);
        }
    }
}
