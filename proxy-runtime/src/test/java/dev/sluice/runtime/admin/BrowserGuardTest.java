package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

import dev.sluice.runtime.admin.TestingHttp.Response;
import dev.sluice.runtime.observe.TestingProxyView;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests that a browser may have been tricked into (fault 53), through the real server. */
@Timeout(60)
class BrowserGuardTest {
    private final TestingProxyView view = TestingProxyView.ready();
    private final TestingCommands lifecycle = new TestingCommands();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        InetSocketAddress listen = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.3"), 0);
        server = AdminServer.start(listen, null, TestingParts.of(view, lifecycle));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Response drain(String... headers) throws IOException {
        return TestingHttp.send(server.address(), "POST", "/drain", headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "localhost",
        "LocalHost:9901",
        "127.0.0.1",
        "127.0.0.1:9901",
        "127.0.0.3:1",
        "127.255.255.254",
        "[::1]",
        "[::1]:9901"})
    void loopbackNamesAreServed(String host) throws IOException {
        assertEquals(202, drain("Host: " + host).status());
        assertEquals(202, drain("Host: " + host, "Origin: http://" + host, "Sec-Fetch-Site: same-origin").status());
        assertEquals(2, lifecycle.drains.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "evil.example",
        "evil.example:9901",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "127.0.0.1.nip.io:9901",
        "0.0.0.0",
        "192.0.2.1",
        "10.0.0.1:9901",
        "127.1",
        "127.0.0.256",
        "127.0.0.01",
        "2130706433",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[2001:db8::1]:80",
        "::1",
        "localhost:99:1",
        "localhost:",
        "user@localhost",
        "localhost/",
        "xn--localhost-"})
    void otherHostsAreRefused(String host) throws IOException {
        Response post = drain("Host: " + host);
        assertEquals(403, post.status());
        assertTrue(post.json().get("error").asString().contains("allowed: localhost, 127.0.0.1 or [::1]"), post.body());
        assertEquals(403, TestingHttp.send(server.address(), "GET", "/live", "Host: " + host).status());
        assertEquals(0, lifecycle.drains.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "https://evil.example",
        "http://evil.example",
        "null",
        "http://localhost:3000",
        "https://localhost:9901",
        "http://localhost"})
    void foreignOriginsAreRefused(String origin) throws IOException {
        assertEquals(403, drain("Host: localhost:9901", "Origin: " + origin).status());
        assertEquals(403, drain("Host: localhost:9901", "Origin: http://localhost:9901", "Origin: " + origin).status());
        assertEquals(0, lifecycle.drains.get());
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site"})
    void foreignPagesAreRefusedEvenWithoutAnOrigin(String site) throws IOException {
        assertEquals(403, drain("Host: localhost", "Sec-Fetch-Site: " + site).status());
        assertEquals(202, drain("Host: localhost", "Sec-Fetch-Site: none").status());
    }

    @Test
    void exactlyOneHost() throws IOException {
        assertEquals(400, drain().status());
        assertEquals(400, drain("Host: localhost", "Host: localhost").status());
        assertEquals(400, drain("Host: localhost", "Host: evil.example").status());
        // HTTP/1.0 knows no Host; health checks use it, browsers do not.
        assertEquals(200, TestingHttp.raw(server.address(), "GET /live HTTP/1.0\r\n\r\n").status());
        assertEquals(403,
                TestingHttp.raw(server.address(), "GET /live HTTP/1.0\r\nHost: evil.example\r\n\r\n").status());
    }

    @Test
    void theHostOfAnAbsoluteTargetCountsToo() throws IOException {
        assertEquals(
                403,
                TestingHttp.send(server.address(), "GET", "http://evil.example/live", "Host: localhost").status());
        assertEquals(
                200,
                TestingHttp.send(server.address(), "GET", "http://localhost:9901/live", "Host: localhost").status());
    }
}
