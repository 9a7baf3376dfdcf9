package dev.sluice.examples.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.sluice.api.CloseReason;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.ServerStats;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * The behaviour of {@code java.net.http} when there is a proxy between it and its server, and the network is not kind.
 * In your project the client would be your own.
 */
@Timeout(60)
class HttpClientBehindProxyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final InetAddress LOCALHOST = InetAddress.ofLiteral("127.0.0.1");

    private final HttpClient client = HttpClient.newHttpClient();
    private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer upstream;

    @BeforeEach
    void startUpstream() throws IOException {
        upstream = HttpServer.create(new InetSocketAddress(LOCALHOST, 0), 0);
        upstream.setExecutor(handlers);
        upstream.createContext("/hello", answering("hello"));
        upstream.start();
    }

    @AfterEach
    void stopEverything() {
        client.close();
        upstream.stop(0);
        handlers.close();
    }

    @Test
    void requestsShareOneConnection() throws Exception {
        try (ProxyServer proxy = proxyBefore("", upstream.getAddress().getPort())) {
            for (int i = 0; i < 10; i++) {
                assertEquals("hello", get(proxy, "/hello").body());
            }
            assertEquals(1, proxy.stats().connectionsTotal());
        }
    }

    @Test
    void anEndpointThatRefusesCostsNoRequest() throws Exception {
        int nobody = unusedPort();
        try (ProxyServer proxy = proxyBefore("", nobody, upstream.getAddress().getPort())) {
            for (int i = 0; i < 10; i++) {
                try (HttpClient fresh = HttpClient.newHttpClient()) {
                    assertEquals("hello", fresh.send(request(proxy, "/hello").build(),
                            HttpResponse.BodyHandlers.ofString()).body());
                }
            }
        }
    }

    @Test
    void aPooledConnectionThatTheProxyClosedIsReplaced() throws Exception {
        try (ProxyServer proxy = proxyBefore("timeouts: { idle: 100ms }", upstream.getAddress().getPort())) {
            assertEquals("hello", get(proxy, "/hello").body());
            await(proxy, stats -> stats.connectionsActive() == 0);
            assertEquals(1, proxy.stats().closed().get(CloseReason.IDLE_TIMEOUT));

            assertEquals("hello", get(proxy, "/hello").body());
            assertEquals(2, proxy.stats().connectionsTotal());
        }
    }

    @Test
    void anAnswerThatIsCutIsAnErrorAndNotAShortAnswer() throws Exception {
        // Without Content-Length the end of the connection is the end of the body: only a reset tells that this is not
        // all of it.
        try (ServerSocket resetting = new ServerSocket(0, 50, LOCALHOST);
                ProxyServer proxy = proxyBefore("", resetting.getLocalPort())) {
            Thread server = Thread.ofVirtual().start(() -> answerHalfAndReset(resetting));
            assertThrows(IOException.class, () -> get(proxy, "/"));
            server.join();
            await(proxy, stats -> stats.connectionsActive() == 0);
            assertEquals(1, proxy.stats().closed().get(CloseReason.UPSTREAM_RESET));
        }
    }

    @Test
    void aSlowUpstreamRunsIntoTheClientsTimeoutAndNothingIsLeft() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        upstream.createContext("/slow", exchange -> {
            awaitUninterrupted(answer);
            answering("late").handle(exchange);
        });
        try (ProxyServer proxy = proxyBefore("", upstream.getAddress().getPort())) {
            HttpRequest impatient = request(proxy, "/slow").timeout(Duration.ofMillis(200)).build();
            assertThrows(HttpTimeoutException.class,
                    () -> client.send(impatient, HttpResponse.BodyHandlers.ofString()));
            assertEquals("hello", get(proxy, "/hello").body(), "others are served meanwhile");
            answer.countDown();
            client.close();
            ServerStats end = await(proxy, stats -> stats.connectionsActive() == 0);
            assertEquals(0, end.buffersBorrowed());
        }
    }

    private static ProxyServer proxyBefore(String listenerLine, int... upstreamPorts) {
        StringBuilder endpoints = new StringBuilder();
        for (int port : upstreamPorts) {
            endpoints.append("      - address: \"127.0.0.1:").append(port).append("\"\n");
        }
        return ProxyServer.builder().config("""
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    cluster: app
                    %s
                clusters:
                  - name: app
                    endpoints:
                %s""".formatted(listenerLine, endpoints)).start();
    }

    private HttpResponse<String> get(ProxyServer proxy, String path) throws IOException, InterruptedException {
        return client.send(request(proxy, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(ProxyServer proxy, String path) {
        int port = ((InetSocketAddress) proxy.address("edge")).getPort();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
    }

    private static HttpHandler answering(String text) {
        return (HttpExchange exchange) -> {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            try (exchange) {
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        };
    }

    private static void answerHalfAndReset(ServerSocket listening) {
        try (Socket socket = listening.accept()) {
            socket.getInputStream().read(new byte[8192]);
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nthe first half".getBytes(
                    StandardCharsets.US_ASCII));
            // Makes close() send RST instead of FIN.
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A port without a listener: the system gave it out and does not give it out again so soon. */
    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOCALHOST)) {
            return socket.getLocalPort();
        }
    }

    /** The proxy's threads update its figures, so a test waits for them. */
    private static ServerStats await(ProxyServer proxy, Predicate<ServerStats> wanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        ServerStats now = proxy.stats();
        while (!wanted.test(now)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + PATIENCE.toSeconds() + " s; the figures are " + now);
            }
            LockSupport.parkNanos(1_000_000);
            now = proxy.stats();
        }
        return now;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
