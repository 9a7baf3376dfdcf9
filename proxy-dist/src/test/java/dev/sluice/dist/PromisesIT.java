package dev.sluice.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.FaultSize;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Promises that are about the daemon or its built-in filters, one test for each; the others are in PromisesTest. */
@ParameterizedClass
@ValueSource(strings = {"epoll", "nio"})
class PromisesIT {
    private static final int RECORD_HEADER = 5;
    /** The most that a record may hold. */
    private static final int RECORD = 1 << 14;
    private static final String NAME = "promised.example";

    @Parameter
    String transport = "";

    @TempDir
    Path directory;

    private Path configuration(String listeners, String clusters) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"), """
                runtime: { transport: %s, drainTimeout: 1s }
                admin: { listen: "127.0.0.1:0" }
                listeners:
                %s
                clusters:
                %s
                """.formatted(transport, listeners.indent(2), clusters.indent(2)));
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout((int) TestingDaemon.LIMIT.toMillis());
        socket.setTcpNoDelay(true);
        socket.connect(address, (int) TestingDaemon.LIMIT.toMillis());
        return socket;
    }

    private static void close(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }

    private static void assertReset(Socket client) throws IOException {
        try {
            client.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (SocketException reset) {
            return;
        }
        throw new AssertionError("ended with FIN");
    }

    /** Once everybody finishes in time, once one client stays beyond the deadline. */
    @Test
    void p2TermDrainsInBoundedTimeAndTheExitCodeSaysWhetherAnythingWasCut() throws Exception {
        int open = FaultSize.of(50, 4_000);
        for (boolean stays : new boolean[]{false, true}) {
            try (TestingEcho echo = new TestingEcho(transport);
                    TestingDaemon daemon = TestingDaemon.serving(echo.configuration(directory.resolve("sluice.yaml"),
                            "127.0.0.1:0", stays ? "1s" : "1m"))) {
                List<Socket> clients = new ArrayList<>();
                for (int i = 0; i < open; i++) {
                    clients.add(TestingEcho.connect(daemon.address("edge")));
                }
                if (stays) {
                    close(clients.subList(1, open));
                }
                long start = System.nanoTime();
                daemon.signal("TERM");
                daemon.awaitError("SIGTERM");
                if (!stays) {
                    for (Socket client : clients) {
                        TestingEcho.exchange(client);
                    }
                    close(clients);
                }
                if (stays) {
                    assertReset(clients.getFirst());
                }
                assertEquals(stays ? ExitCode.CUT : ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                assertTrue(!stays || took.compareTo(FaultSize.bound(Duration.ofSeconds(2))) <= 0,
                        () -> "ended after " + took + ", promised are drainTimeout + 1 s");
                FaultSize.report("P2 " + transport, (stays ? "one stays: " : "all finish: ") + took);
                clients.getFirst().close();
            }
        }
    }

    /** The handshake message of a real client. */
    private static byte[] hello() throws NoSuchAlgorithmException, SSLException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(NAME)));
        engine.setSSLParameters(parameters);
        engine.beginHandshake();
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOfRange(record.array(), RECORD_HEADER, record.position());
    }

    /** A message in records of at most so many bytes, the first of which ends at {@code cut}. */
    private static byte[] records(byte[] message, int cut, int most) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int from = 0, to; from < message.length; from = to) {
            to = from == 0 ? cut : Math.min(from + most, message.length);
            records.writeBytes(new byte[]{22, 3, 1, (byte) ((to - from) >> 8), (byte) (to - from)});
            records.write(message, from, to - from);
        }
        return records.toByteArray();
    }

    /** A message of this size, with what is missing to it in an extension that is unknown to all (RFC 7685). */
    private static byte[] padded(byte[] hello, int size) {
        byte[] message = Arrays.copyOf(hello, size);
        int more = size - hello.length;
        int extensions = extensionsAt(hello);
        number(message, 1, 3, size - 4);
        number(message, extensions, 2, size - extensions - 2);
        number(message, hello.length, 2, 21);
        number(message, hello.length + 2, 2, more - 4);
        return message;
    }

    private static int extensionsAt(byte[] hello) {
        int at = 4 + 2 + 32;
        at += 1 + hello[at];
        at += 2 + (((hello[at] & 0xff) << 8) | (hello[at + 1] & 0xff));
        return at + 1 + hello[at];
    }

    private static void number(byte[] bytes, int at, int size, int value) {
        for (int i = 0; i < size; i++) {
            bytes[at + i] = (byte) (value >> (8 * (size - 1 - i)));
        }
    }

    @Test
    void p5ANameIsFoundInEachSplitOfAHelloOrTheClientIsRefused() throws Exception {
        try (TestingEcho named = new TestingEcho();
                TestingEcho other = new TestingEcho();
                TestingDaemon daemon = TestingDaemon.serving(configuration(
                        """
                                - name: edge
                                  listen: "127.0.0.1:0"
                                  filters: [ { type: sniff, config: { protocols: [tls], maxBytes: 64KiB, silence: 20s, deadline: 20s } } ]
                                  routes: [ { match: { sni: [%s] }, cluster: named }, { cluster: other } ]
                                - name: tight
                                  listen: "127.0.0.1:0"
                                  filters: [ { type: sniff, config: { protocols: [tls], maxBytes: 16KiB, silence: 20s, deadline: 20s } } ]
                                  routes: [ { match: { sni: [%s] }, cluster: named }, { cluster: other } ]
                                """
                                .formatted(NAME, NAME),
                        """
                                - { name: named, endpoints: [ { address: "%s" } ] }
                                - { name: other, endpoints: [ { address: "%s" } ] }
                                """.formatted(named.address(), other.address())))) {
            InetSocketAddress edge = daemon.address("edge");
            byte[] hello = hello();
            int sent = 0;
            for (int cut = 1; cut < hello.length; cut += FaultSize.of(11, 1)) {
                exchange(edge, records(hello, cut, RECORD), RECORD);
                sent++;
            }
            exchange(edge, records(hello, 1, 1), RECORD);
            exchange(edge, records(hello, hello.length, RECORD), 1);
            byte[] largest = padded(hello, RECORD);
            exchange(edge, records(largest, 1 << 10, 1 << 10), RECORD);
            exchange(edge, records(largest, 100, RECORD), 5_000);
            assertEquals(sent + 4, named.accepted());
            // What may not be held is refused, and not guessed.
            try (Socket client = connect(daemon.address("tight"))) {
                client.getOutputStream().write(records(largest, 1 << 10, RECORD));
                assertReset(client);
            } catch (SocketException resetWhileItIsSent) {
                // As good.
            }
            assertEquals(0, other.accepted(), "guessed");
            assertEquals(1, TestingMetrics.value(daemon,
                    "sluice_connection_close_total{listener=\"tight\",reason=\"filter-rejected\"}"));
        }
    }

    private static void exchange(InetSocketAddress edge, byte[] flight, int segment) throws IOException {
        try (Socket client = connect(edge)) {
            for (int from = 0; from < flight.length; from += segment) {
                client.getOutputStream().write(flight, from, Math.min(segment, flight.length - from));
            }
            assertEquals(flight.length, client.getInputStream().readNBytes(flight.length).length);
        }
    }

    /** Beginnings of hellos that announce as much as may be held, and stop. */
    @Test
    void p7MemoryBeforeRoutingIsBoundedByWhatWasReceived() throws Exception {
        int clients = FaultSize.of(300, 4_000);
        try (TestingEcho echo = new TestingEcho(); TestingDaemon daemon = TestingDaemon.serving(configuration("""
                - name: edge
                  listen: "127.0.0.1:0"
                  cluster: echo
                  filters: [ { type: sniff, config: { protocols: [tls], silence: 1m, deadline: 1m } } ]
                """, "- { name: echo, endpoints: [ { address: \"%s\" } ] }".formatted(echo.address())))) {
            for (int size : new int[]{9, 1_000, 6_000}) {
                byte[] beginning = Arrays.copyOf(new byte[]{22, 3, 1, 0x3f, (byte) 0xfb, 1, 0, 0x3f, (byte) 0xf7},
                        size);
                List<Socket> open = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    Socket client = connect(daemon.address("edge"));
                    client.getOutputStream().write(beginning);
                    open.add(client);
                }
                Await.until("what was sent to be held", TestingDaemon.LIMIT,
                        () -> TestingMetrics.value(daemon, "sluice_stash_bytes") >= (long) clients * size
                                && TestingMetrics.value(daemon, "sluice_buffers_borrowed") == 0);
                long held = TestingMetrics.value(daemon, "sluice_stash_bytes");
                assertTrue(held <= clients * (2L * size + 4096), held + " bytes for " + clients + " times " + size);
                FaultSize.report("P7 " + transport, size + " bytes received: " + held / clients + " kept");
                for (Socket client : open) {
                    client.close();
                }
                Await.equal("what is held", 0L, () -> TestingMetrics.value(daemon, "sluice_stash_bytes"));
            }
            assertEquals(0, echo.accepted());
        }
    }

    /** Each rule in both forms, on a listener that sees IPv4 addresses and one that sees mapped ones. */
    @Test
    void p10AnAddressHasOneVerdictInBothItsForms() throws Exception {
        StringBuilder listeners = new StringBuilder();
        List<String> names = new ArrayList<>();
        for (String address : List.of("127.0.0.1", "[::]")) {
            for (String rule : List.of("127.0.0.0/8", "::ffff:127.0.0.0/104")) {
                names.add((address.equals("[::]") ? "dual" : "four") + names.size());
                listeners.append("""
                        - name: %s
                          listen: "%s:0"
                          cluster: echo
                          filters: [ { type: acl, config: { default: allow, rules: [ { deny: ["%s"] } ] } } ]
                        """.formatted(names.getLast(), address, rule));
            }
        }
        try (TestingEcho echo = new TestingEcho()) {
            String clusters = "- { name: echo, endpoints: [ { address: \"%s\" } ] }".formatted(echo.address());
            Path file = configuration(listeners.toString(), clusters);
            try (TestingDaemon daemon = TestingDaemon.serving(file)) {
                for (String name : names) {
                    Matcher port = Pattern.compile(" " + name + "=\\S*:([0-9]+)").matcher(daemon.ready());
                    assertTrue(port.find(), daemon::toString);
                    try (Socket client = connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"),
                            Integer.parseInt(port.group(1))))) {
                        assertReset(client);
                    } catch (SocketException resetWhileConnecting) {
                        // As good.
                    }
                    assertEquals(1, TestingMetrics.value(daemon, "sluice_connection_close_total{listener=\"" + name
                            + "\",reason=\"filter-rejected\"}"), name);
                }
            }
            assertEquals(0, echo.accepted());
            Path wrong = configuration(listeners.toString().replace("127.0.0.0/8", "127.0.0.1/8"), clusters);
            try (TestingDaemon check = TestingDaemon.sluice("check", "-c", wrong.toString()).start()) {
                assertEquals(ExitCode.CONFIGURATION, check.exitCode(), check::toString);
                assertTrue(check.toString().contains("127.0.0.0/8"), check::toString);
            }
        }
    }
}
