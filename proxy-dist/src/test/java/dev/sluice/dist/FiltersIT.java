package dev.sluice.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.filters.sniff.Flights;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The built-in filters and routes in the daemon: the results of the test kit hold on real sockets. */
@ParameterizedClass
@ValueSource(strings = {"epoll", "nio"})
class FiltersIT {
    @Parameter
    String transport = "";

    @TempDir
    Path directory;

    private TestingEcho echo;

    @BeforeEach
    void startUpstream() throws IOException {
        echo = new TestingEcho(transport);
    }

    @AfterEach
    void stopUpstream() throws Exception {
        echo.close();
    }

    private TestingDaemon serving(String listeners) throws Exception {
        return TestingDaemon.serving(Files.writeString(directory.resolve("sluice.yaml"), """
                runtime: { transport: %s }
                admin: { listen: "127.0.0.1:0" }
                accessLog: { path: stdout }
                listeners:
                %s
                clusters:
                  - { name: echo, endpoints: [ { address: "%s" } ] }
                  - { name: web, endpoints: [ { address: "%s" } ] }
                """.formatted(transport, listeners.indent(2), echo.address(), echo.address())));
    }

    private static Socket connect(TestingDaemon daemon, String listener) throws Exception {
        Socket socket = new Socket();
        socket.setSoTimeout((int) TestingDaemon.LIMIT.toMillis());
        socket.setTcpNoDelay(true);
        socket.connect(daemon.address(listener), (int) TestingDaemon.LIMIT.toMillis());
        return socket;
    }

    /** The access log's line for the connection from a port, once it is over. */
    private static String logOf(TestingDaemon daemon, int clientPort) throws InterruptedException {
        return daemon.awaitOut(line -> line.contains("\"client\":\"127.0.0.1:" + clientPort + "\""));
    }

    private static @Nullable String field(String line, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(?:\"([^\"]*)\"|null)").matcher(line);
        assertTrue(matcher.find(), () -> "no " + name + " in " + line);
        return matcher.group(1);
    }

    private static @Nullable String found(Outcome expected, AttributeKey<String> key) {
        return expected.attribute(key);
    }

    /** The cases of the filter's own tests, whole, byte by byte and in random parts. */
    @Test
    void firstFlightsAreRecognisedAsTheTestKitSays() throws Exception {
        Random random = new Random(1);
        try (TestingDaemon daemon = serving("""
                - name: edge
                  listen: "127.0.0.1:0"
                  cluster: echo
                  filters: [ { type: sniff, config: { silence: 20s, deadline: 20s } } ]
                """)) {
            for (Flights.Flight flight : Flights.all()) {
                Outcome expected = flight.expected();
                byte[] bytes = flight.bytes();
                for (int most : new int[]{bytes.length, 1, 1 + bytes.length / 3}) {
                    int port;
                    try (Socket client = connect(daemon, "edge")) {
                        port = client.getLocalPort();
                        OutputStream out = client.getOutputStream();
                        for (int from = 0; from < bytes.length;) {
                            int count = Math.min(bytes.length - from, most == 1 ? 1 : 1 + random.nextInt(most));
                            out.write(bytes, from, count);
                            from += count;
                        }
                        client.shutdownOutput();
                        assertArrayEquals(bytes, client.getInputStream().readAllBytes(), flight.name());
                    }
                    String line = logOf(daemon, port);
                    assertEquals(found(expected, Attributes.PROTOCOL), field(line, "protocol"), line);
                    assertEquals(found(expected, Attributes.SNI), field(line, "sni"), line);
                    assertEquals(found(expected, Attributes.ALPN), field(line, "alpn"), line);
                    assertEquals("client-finished", field(line, "close_reason"), line);
                }
            }
        }
    }

    @Test
    void routesFollowNameProtocolAndSource() throws Exception {
        try (TestingDaemon daemon = serving("""
                - name: edge
                  listen: "127.0.0.1:0"
                  filters: [ { type: sniff } ]
                  routes:
                    - { match: { protocol: tls, sni: [ "*.example.com", www.example.com ] }, cluster: web }
                    - { match: { protocol: http1, source: [ 192.0.2.0/24 ] }, cluster: web }
                    - { match: { protocol: http1 }, cluster: echo }
                """)) {
            assertEquals("web routes[0] sni www.example.com", route(daemon, flight("JDK, TLS 1.2")));
            assertEquals("echo routes[2]", route(daemon, flight("curl")));
            assertEquals("null null", route(daemon, flight("OpenSSH")));
        }
    }

    private static byte[] flight(String name) {
        return Flights.all().stream().filter(flight -> flight.name().equals(name)).findFirst().orElseThrow().bytes();
    }

    private static String route(TestingDaemon daemon, byte[] flight) throws Exception {
        try (Socket client = connect(daemon, "edge")) {
            client.getOutputStream().write(flight);
            client.shutdownOutput();
            try {
                client.getInputStream().readAllBytes();
            } catch (SocketException resetWithoutARoute) {
                assertEquals("no-route", field(logOf(daemon, client.getLocalPort()), "close_reason"));
            }
            String line = logOf(daemon, client.getLocalPort());
            return field(line, "cluster") + " " + field(line, "route");
        }
    }

    @Test
    void whoIsDeniedIsResetAndNamedInTheLog() throws Exception {
        Path rules = Files.writeString(directory.resolve("rules.txt"),
                "deny ::ffff:127.0.0.0/104 # by its other name\n");
        try (TestingDaemon daemon = serving("""
                - name: edge
                  listen: "127.0.0.1:0"
                  cluster: echo
                  filters: [ { type: acl, name: doorman, config: { default: allow, file: %s } } ]
                """.formatted(rules.getFileName())); Socket client = connect(daemon, "edge")) {
            assertThrows(SocketException.class, () -> client.getInputStream().read());
            String line = logOf(daemon, client.getLocalPort());
            assertEquals("filter-rejected", field(line, "close_reason"));
            assertEquals("doorman", field(line, "filter"));
            assertTrue(String.valueOf(field(line, "detail")).contains("127.0.0"), line);
        }
    }

    @Test
    void oneConnectionTooManyIsRefusedAndAFreePlaceIsTakenAgain() throws Exception {
        try (TestingDaemon daemon = serving("""
                - name: edge
                  listen: "127.0.0.1:0"
                  cluster: echo
                  filters: [ { type: rate-limit, config: { concurrent: { per: source, max: 3 } } } ]
                """)) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clients.add(TestingEcho.connect(daemon.address("edge")));
            }
            try (Socket fourth = connect(daemon, "edge")) {
                assertThrows(SocketException.class, () -> fourth.getInputStream().read());
                assertEquals("filter-rejected", field(logOf(daemon, fourth.getLocalPort()), "close_reason"));
            }
            int port = clients.getFirst().getLocalPort();
            clients.removeFirst().close();
            logOf(daemon, port);
            TestingEcho.connect(daemon.address("edge")).close();
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    /**
     * The rate is a promise: never more than burst + rate × time in a window from the start, as seen behind the proxy.
     */
    @Test
    void bandwidthIsNeverMoreThanPromised() throws Exception {
        long rate = 4 << 20;
        long burst = 256 << 10;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket client = server.accept()) {
                    client.getOutputStream().write(new byte[6 << 20]);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            Path configuration = Files.writeString(directory.resolve("sluice.yaml"),
                    """
                            listeners:
                              - name: edge
                                listen: "127.0.0.1:0"
                                cluster: source
                                filters:
                                  - type: rate-limit
                                    config: { bandwidth: { direction: upstream-to-client, per: connection, rate: 4MiB/s, burst: 256KiB } }
                            clusters:
                              - { name: source, endpoints: [ { address: "127.0.0.1:%d" } ] }
                            """
                            .formatted(server.getLocalPort()));
            try (TestingDaemon daemon = TestingDaemon.serving(configuration)) {
                long start = System.nanoTime();
                try (Socket client = connect(daemon, "edge")) {
                    byte[] buffer = new byte[64 * 1024];
                    long received = 0;
                    for (int count = client.getInputStream().read(buffer); count >= 0;) {
                        received += count;
                        long most = burst + (System.nanoTime() - start) * rate / TimeUnit.SECONDS.toNanos(1) + 1;
                        assertTrue(received <= most, received + " bytes, promised were " + most);
                        count = client.getInputStream().read(buffer);
                    }
                    assertEquals(6 << 20, received);
                }
            }
        }
    }

    /** Fault 1: 9,000 clients that dribble into a listener that wants to see a protocol first. */
    @Test
    void nineThousandClientsThatDribbleAreGoneByTheDeadlineAndGoodOnesAreServed() throws Exception {
        int slow = 9_000;
        Duration deadline = Duration.ofSeconds(6);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger served = new AtomicInteger();
        try (TestingDaemon daemon = serving(
                """
                        - name: edge
                          listen: "127.0.0.1:0"
                          cluster: echo
                          filters: [ { type: sniff, config: { protocols: [ tls, http1 ], silence: 6s, deadline: 6s, unknown: reject } } ]
                        """)) {
            InetSocketAddress edge = daemon.address("edge");
            List<Socket> clients = new ArrayList<>();
            byte[] request = "GET / HTTP/1.1\r\nHost: good.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            Thread good = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    try (Socket client = new Socket()) {
                        client.setSoTimeout((int) TestingDaemon.LIMIT.toMillis());
                        client.connect(edge);
                        client.getOutputStream().write(request);
                        assertArrayEquals(request, client.getInputStream().readNBytes(request.length));
                        served.incrementAndGet();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            AtomicInteger failures = new AtomicInteger();
            good.setUncaughtExceptionHandler((thread, failure) -> failures.incrementAndGet());
            for (int i = 0; i < slow; i++) {
                Socket client = new Socket();
                client.connect(edge);
                clients.add(client);
            }
            long begun = System.nanoTime();
            long lastSeen = begun;
            long mostKept = 0;
            long alive = slow;
            // A request line that does not end; each byte of each client is a read of its own, and what came before is
            // kept.
            for (int at = 0; alive > 0 && System.nanoTime() - begun < TestingDaemon.LIMIT.toNanos(); at++) {
                for (Socket client : clients) {
                    try {
                        client.getOutputStream().write(at < 5 ? "GET /".charAt(at) : 'a');
                    } catch (IOException gone) {
                        // Its time is over.
                    }
                }
                if (at == 0) {
                    // The time of each is counted from its first byte.
                    begun = System.nanoTime();
                }
                mostKept = Math.max(mostKept, TestingMetrics.value(daemon, "sluice_stash_bytes"));
                long looked = System.nanoTime();
                alive = slow - TestingMetrics.value(daemon,
                        "sluice_connection_close_total{listener=\"edge\",reason=\"filter-rejected\"}");
                if (alive > 0) {
                    // How long the next round of writes takes is not the proxy's doing.
                    lastSeen = looked;
                }
            }
            Duration took = Duration.ofNanos(lastSeen - begun);
            over.set(true);
            good.join();
            assertEquals(0, alive, "slow clients that were not refused");
            assertEquals(0, failures.get(), "good clients that were not served");
            assertTrue(served.get() > 0);
            assertTrue(mostKept > 0 && mostKept <= slow * 6L * 1024, mostKept + " bytes kept");
            assertTrue(took.compareTo(deadline.plusSeconds(2)) < 0, "the last one was still there after " + took);
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
