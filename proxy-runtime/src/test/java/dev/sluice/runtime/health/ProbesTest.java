package dev.sluice.runtime.health;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingSilentEndpoint;
import dev.sluice.runtime.testing.TestingUpstream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Each probe against servers that answer well, badly, and not at all. */
class ProbesTest {
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    /** For what has to come about. */
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final TcpProbe PING = new TcpProbe(Bytes.of("PING\r\n"), Bytes.of("+PONG"));

    private final Ledger ledger = Ledger.open();
    private final HealthChecks checks = new HealthChecks();
    private final TestingTarget target = new TestingTarget();
    /** The ends that a server has seen: the bytes, and how they ended. */
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @AfterEach
    void nothingIsLeft() {
        checks.close();
        ledger.settle();
    }

    private static SocketAddress local(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private void check(SocketAddress address, Probe probe, Duration timeout,
            ProxyHeaderWriter.@Nullable Version proxy) {
        check(address, new CheckSettings(probe, INTERVAL, timeout, 1, 1, proxy));
    }

    private void check(SocketAddress address, CheckSettings settings) {
        checks.keep(List.of(new Wanted(address, settings, target)));
    }

    private void passes(TestingUpstream server, Probe probe) {
        check(local(server.port()), probe, PATIENT, null);
        target.await("passed");
    }

    private void fails(TestingUpstream server, Probe probe, Duration timeout, String reason) {
        check(local(server.port()), probe, timeout, null);
        target.await("failed: " + reason);
    }

    /** A server that answers after the first bytes, and notes all bytes and the end. */
    private TestingUpstream answering(String answer) {
        return TestingUpstream.start(client -> {
            byte[] first = new byte[1000];
            int length = client.getInputStream().read(first);
            client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            note(client, new String(first, 0, Math.max(0, length), StandardCharsets.ISO_8859_1));
        });
    }

    /** A server that sends and closes. */
    private static TestingUpstream sending(String text) {
        return TestingUpstream.start(client -> {
            client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            client.shutdownOutput();
            client.getInputStream().transferTo(OutputStream.nullOutputStream());
        });
    }

    private void note(Socket client, String before) throws IOException {
        String text = before;
        try {
            text += new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1) + " FIN";
        } catch (SocketException reset) {
            text += " RST";
        }
        seen.add(text);
    }

    private String seen() throws InterruptedException {
        return seen.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void aBareConnectPassesAndEndsWithAReset() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> note(client, ""))) {
            passes(server, TcpProbe.CONNECT);
            assertEquals(" RST", seen());
        }
    }

    @Test
    void anExchangePassesAndEndsWithFin() throws Exception {
        try (TestingUpstream server = answering("$5\r\n+PONG\r\n")) {
            passes(server, PING);
            assertEquals("PING\r\n FIN", seen());
        }
    }

    @Test
    void theAnswerMayComeByteByByte() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> {
            client.setTcpNoDelay(true);
            for (byte one : "greetings, and a +PONG".getBytes(StandardCharsets.US_ASCII)) {
                client.getOutputStream().write(one);
            }
            note(client, "");
        })) {
            passes(server, PING);
            assertEquals("PING\r\n FIN", seen());
        }
    }

    @Test
    void bytesMayBeSentWithoutAnAnswer() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> note(client, ""))) {
            passes(server, new TcpProbe(Bytes.of("QUIT\r\n"), Bytes.NONE));
            assertEquals("QUIT\r\n FIN", seen());
        }
    }

    @Test
    void aBannerMayBeExpectedWithoutAQuestion() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> {
            client.getOutputStream().write("SSH-2.0-test\r\n".getBytes(StandardCharsets.US_ASCII));
            note(client, "");
        })) {
            passes(server, new TcpProbe(Bytes.NONE, Bytes.of("SSH-2.0-")));
            assertEquals(" FIN", seen());
        }
    }

    /** A server that does not close holds its check for a moment, and not for the timeout. */
    @Test
    void aServerThatNeverClosesHoldsNoPlace() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> {
            client.getOutputStream().write("+PONG".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes();
            seen.add("FIN");
            Await.until("the proxy to close", () -> {
                try {
                    client.getOutputStream().write('x');
                    return false;
                } catch (IOException reset) {
                    return true;
                }
            });
            seen.add("gone");
        })) {
            check(local(server.port()), new CheckSettings(PING, PATIENT, PATIENT, 1, 1, null));
            target.await("passed");
            assertEquals("FIN", seen());
            assertEquals("gone", seen());
        }
    }

    @Test
    void aPortWithoutAServerIsRefused() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        check(local(port), TcpProbe.CONNECT, PATIENT, null);
        target.await("failed: connection refused");
        assertEquals(CheckResult.REFUSED, target.results().getFirst());
    }

    @Test
    void aHostThatDoesNotAnswerTimesOut() throws Exception {
        try (TestingSilentEndpoint silent = new TestingSilentEndpoint()) {
            int port = Integer.parseInt(silent.address().substring("127.0.0.1:".length()));
            check(local(port), TcpProbe.CONNECT, TIMEOUT, null);
            target.await("failed: no connection within 300ms");
        }
    }

    @Test
    void aServerThatHangsTimesOut() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> client.getInputStream().readAllBytes())) {
            fails(server, PING, TIMEOUT, "connected, but no \"+PONG\" within 300ms");
            assertEquals(CheckResult.TIMEOUT, target.results().getLast());
        }
    }

    @Test
    void aServerThatHangsInTheAnswerTimesOut() throws Exception {
        try (TestingUpstream server = answering("+PO")) {
            fails(server, PING, TIMEOUT, "connected, but no \"+PONG\" within 300ms, got \"+PO\"");
            assertEquals(CheckResult.WRONG_ANSWER, target.results().getLast());
        }
    }

    @Test
    void aReset() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> {
            client.getInputStream().read();
            client.setSoLinger(true, 0);
        })) {
            fails(server, PING, PATIENT, "connection reset");
            assertEquals(CheckResult.CLOSED, target.results().getFirst());
        }
    }

    @Test
    void anotherAnswer() throws Exception {
        try (TestingUpstream server = sending("-LOADING Redis is loading\r\n")) {
            fails(server, PING, PATIENT, "expected \"+PONG\", got \"-LOADING Redis is loading\\r\\n\"");
            assertEquals(CheckResult.WRONG_ANSWER, target.results().getFirst());
        }
    }

    @Test
    void anEmptyAnswer() throws Exception {
        try (TestingUpstream server = sending("")) {
            fails(server, PING, PATIENT, "expected \"+PONG\", got the end of the connection");
            assertEquals(CheckResult.CLOSED, target.results().getFirst());
        }
    }

    @Test
    void aBigAnswerWithoutAMatch() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> {
            byte[] many = "x".repeat(1000).getBytes(StandardCharsets.US_ASCII);
            while (true) {
                client.getOutputStream().write(many);
            }
        })) {
            fails(server, PING, PATIENT,
                    "expected \"+PONG\" in the first 4096 bytes, got \"" + "x".repeat(60) + "…\"");
        }
    }

    private static HttpProbe http(OptionalInt port) {
        return new HttpProbe("/primary?x=1", Optional.of("db.internal"), port, "OPTIONS",
                List.of(new StatusRange(200, 399)));
    }

    private static HttpProbe http() {
        return http(OptionalInt.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 302 Found\r\n\r\n",
        "HTTP/1.1 204\r\n\r\n"})
    void httpPasses(String answer) throws Exception {
        try (TestingUpstream server = answering(answer)) {
            passes(server, http());
            assertEquals("OPTIONS /primary?x=1 HTTP/1.1\r\nHost: db.internal\r\nUser-Agent: sluice-health\r\n"
                    + "Connection: close\r\n\r\n FIN", seen());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "HTTP/1.1 503 Service Unavailable~~ | status 503, expected 200-399                 | WRONG_ANSWER",
        "HTTP/1.1 404 Not Found~~           | status 404, expected 200-399                 | WRONG_ANSWER",
        "SSH-2.0-OpenSSH_9.2~               | expected an HTTP answer, got \"SSH-2.0-OpenSSH_9.2\\r\\n\" | WRONG_ANSWER",
        "HTTP/1.1 2                         | connection closed before the HTTP answer     | CLOSED",
        "''                                 | connection closed before the HTTP answer     | CLOSED",
    })
    void httpFails(String answer, String reason, CheckResult result) throws Exception {
        try (TestingUpstream server = sending(answer.replace("~", "\r\n"))) {
            fails(server, http(), PATIENT, reason);
            assertEquals(result, target.results().getFirst());
        }
    }

    @Test
    void httpTimesOut() throws Exception {
        try (TestingUpstream server = answering("HTTP/1.1 20")) {
            fails(server, http(), TIMEOUT, "connected, but no HTTP answer within 300ms, got \"HTTP/1.1 20\"");
        }
    }

    @Test
    void httpMayHaveAPortOfItsOwn() throws Exception {
        try (TestingUpstream server = answering("HTTP/1.1 200 OK\r\n\r\n")) {
            check(local(1), http(OptionalInt.of(server.port())), PATIENT, null);
            target.await("passed");
        }
    }

    /** Something else listens there, which would take the header for a request. */
    @Test
    void anotherPortGetsNoProxyHeader() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> {
            if (client.getInputStream().read() == 'O') {
                client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        })) {
            check(local(1), http(OptionalInt.of(server.port())), PATIENT, ProxyHeaderWriter.Version.V1);
            target.await("passed");
        }
    }

    @Test
    void theProxyHeaderComesFirst() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> note(client, ""))) {
            check(local(server.port()), new TcpProbe(Bytes.of("PING"), Bytes.NONE), PATIENT,
                    ProxyHeaderWriter.Version.V1);
            assertEquals("PROXY UNKNOWN\r\nPING FIN", seen());
        }
    }

    /** A server that does not expect it may be the reason, and the header is configured elsewhere. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'' | expected \"+PONG\", got the end of the connection (after a PROXY header v1)",
        "-ERR | expected \"+PONG\", got \"-ERR\" (after a PROXY header v1)"})
    void aFailureAfterAProxyHeaderSaysSo(String answer, String reason) throws Exception {
        try (TestingUpstream server = sending(answer)) {
            check(local(server.port()), PING, PATIENT, ProxyHeaderWriter.Version.V1);
            target.await("failed: " + reason);
        }
    }

    @Test
    void aRefusedConnectHasNotSentAHeader() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        check(local(port), TcpProbe.CONNECT, PATIENT, ProxyHeaderWriter.Version.V2);
        target.await("failed: connection refused");
    }

    @Test
    void aBareConnectWithAProxyHeaderEndsWithFin() throws Exception {
        try (TestingUpstream server = TestingUpstream.start(client -> note(client, ""))) {
            check(local(server.port()), TcpProbe.CONNECT, PATIENT, ProxyHeaderWriter.Version.V2);
            assertEquals("\r\n\r\n\0\r\nQUIT\n \0\0\0 FIN", seen());
        }
    }

    @Test
    void unixSocketsAreCheckedToo(@TempDir Path directory) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            check(address, PING, PATIENT, null);
            try (SocketChannel client = server.accept()) {
                client.write(ByteBuffer.wrap("+PONG".getBytes(StandardCharsets.US_ASCII)));
                target.await("passed");
            }
        }
        target.await("passed", "failed: connection refused");
    }

    @Test
    void aUnixSocketThatIsNotThere(@TempDir Path directory) {
        check(UnixDomainSocketAddress.of(directory.resolve("s")), TcpProbe.CONNECT, PATIENT, null);
        target.await("failed: no such file or directory");
        assertEquals(CheckResult.UNREACHABLE, target.results().getFirst());
    }

    /** A full backlog means busy: the check waits, as a client would. */
    @Test
    void aUnixSocketWithAFullBacklogIsTriedAgain(@TempDir Path directory) throws Exception {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("s"));
        List<SocketChannel> queue = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address, 1);
            fill(address, queue);
            check(address, TcpProbe.CONNECT, TIMEOUT, null);
            target.await("failed: no connection within 300ms");
            for (int i = 0; i < queue.size(); i++) {
                server.accept().close();
            }
            target.await("failed: no connection within 300ms", "passed");
        } finally {
            for (SocketChannel client : queue) {
                client.close();
            }
        }
    }

    private static void fill(UnixDomainSocketAddress address, List<SocketChannel> queue) throws IOException {
        while (true) {
            SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
            client.configureBlocking(false);
            try {
                client.connect(address);
                queue.add(client);
            } catch (IOException full) {
                client.close();
                return;
            }
        }
    }
}
