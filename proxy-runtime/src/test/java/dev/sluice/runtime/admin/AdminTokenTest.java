package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.sluice.runtime.admin.TestingHttp.Response;
import dev.sluice.runtime.observe.Metrics;
import dev.sluice.runtime.observe.TestingProxyView;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.observe.TestingConditions.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The token of the admin interface: its file, and what is answered with and without it. */
@Timeout(60)
class AdminTokenTest {
    private static final AdminToken TOKEN = new AdminToken("s3cret-of-some-length");
    private static final String RIGHT = "Authorization: Bearer s3cret-of-some-length";

    @TempDir
    private Path directory;

    private final TestingProxyView view = TestingProxyView.ready();
    private final TestingCommands commands = new TestingCommands();

    private static SocketAddress any(String ip) {
        return new InetSocketAddress(InetAddress.ofLiteral(ip), 0);
    }

    private AdminServer start(SocketAddress listen, AdminToken token) throws IOException {
        return AdminServer.start(listen, token, TestingParts.of(view, commands));
    }

    private AdminServer start(String ip) throws IOException {
        return start(any(ip), TOKEN);
    }

    /** The address at which a test reaches a server on a wildcard. */
    private static SocketAddress local(AdminServer server) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"),
                ((InetSocketAddress) server.address()).getPort());
    }

    @Test
    void isReadWithoutWhatStandsAroundIt() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "  s3cret-of-some-length \r\n\n");
        assertEquals(TOKEN.header(), AdminToken.read(file).header());
        assertFalse(AdminToken.read(file).toString().contains("s3cret"));
    }

    @Test
    void aFileWithoutATokenIsRefusedWithTheReason() throws IOException {
        Path file = directory.resolve("token");
        assertEquals("cannot read the file '" + file + "': no such file or directory", refusal(file));
        assertEquals("cannot read the file '" + directory + "': it is not a regular file", refusal(directory));
        assertEquals("the file '" + file + "' is empty", refusal(Files.writeString(file, " \n")));
        assertEquals("the file '" + file + "' has blanks, line ends or letters beyond ASCII within the token",
                refusal(Files.writeString(file, "one\ntwo\n")));
        assertEquals("the file '" + file + "' has more than 4096 bytes, which no token has",
                refusal(Files.writeString(file, "x".repeat(5000))));
    }

    private static String refusal(Path file) {
        return String.valueOf(assertThrows(IOException.class, () -> AdminToken.read(file)).getMessage());
    }

    @Test
    void aFileThatOthersCanReadIsUsedNevertheless() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "s3cret-of-some-length");
        for (String mode : List.of("rw-------", "rw-r--r--")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertEquals(TOKEN.header(), AdminToken.read(file).header(), mode);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
    void requestsNeedIt(String ip) throws IOException {
        try (AdminServer server = start(ip)) {
            SocketAddress address = local(server);
            for (String wrong : List.of("X-None: x", "Authorization: Bearer wrong", "Authorization: Bearer",
                    "Authorization: s3cret-of-some-length", "Authorization: Basic s3cret-of-some-length",
                    "Authorization: Bearer s3cret-of-some-lengt", "Authorization: Bearer s3cret-of-some-length.")) {
                Response refused = TestingHttp.send(address, "POST", "/drain", "Host: localhost", wrong,
                        "Content-Length: 0");
                assertEquals(401, refused.status(), wrong);
                assertEquals("Bearer", refused.header("www-authenticate"));
                assertTrue(refused.json().get("error").asString()
                        .endsWith("send that of admin.tokenFile in the header \"Authorization: Bearer TOKEN\""));
                assertEquals(401, TestingHttp.send(address, "GET", "/no-such-path", "Host: localhost", wrong).status());
            }
            assertEquals(0, commands.drains.get());
            for (String right : List.of(RIGHT, "authorization: bearer s3cret-of-some-length",
                    "Authorization: Bearer wrong\r\n" + RIGHT)) {
                assertEquals(202, TestingHttp.send(address, "POST", "/drain", "Host: localhost", right,
                        "Content-Length: 0").status(), right);
            }
            assertEquals(3, commands.drains.get());
        }
    }

    @Test
    void aUnixSocketNeedsItToo() throws IOException {
        SocketAddress listen = UnixDomainSocketAddress.of(directory.resolve("admin.sock"));
        try (AdminServer server = start(listen, TOKEN)) {
            assertEquals(401, TestingHttp.get(server.address(), "/memory").status());
            assertEquals(200, TestingHttp.send(listen, "GET", "/memory", "Host: localhost", RIGHT).status());
        }
    }

    @Test
    void healthChecksNeedNone() throws IOException {
        try (AdminServer server = start("0.0.0.0")) {
            for (String path : List.of("/live", "/ready")) {
                // A kubelet names the address of the pod.
                for (String host : List.of("localhost", "192.0.2.1:9901", "[2001:db8::1]:9901")) {
                    assertEquals(200, TestingHttp.send(local(server), "GET", path, "Host: " + host).status(), host);
                }
            }
            assertEquals(401, TestingHttp.get(local(server), "/live/").status());
            assertEquals(401, TestingHttp.get(local(server), "/readyz").status());
        }
    }

    /** DNS rebinding needs a name; with the token a request cannot come from a foreign page. */
    @Test
    void aBrowserIsRefusedWithoutItAndServedWithIt() throws IOException {
        try (AdminServer server = start("0.0.0.0")) {
            Response name = TestingHttp.send(local(server), "GET", "/ready", "Host: evil.example");
            assertEquals(403, name.status());
            assertTrue(name.json().get("error").asString()
                    .endsWith("allowed: localhost or an IP address, with any port; with the token any name"));
            assertEquals(403, TestingHttp.send(local(server), "GET", "/ready", "Host: 192.0.2.1",
                    "Origin: http://evil.example").status());
            assertEquals(403, TestingHttp.send(local(server), "GET", "/ready", "Host: 192.0.2.1",
                    "Sec-Fetch-Site: cross-site").status());
            assertEquals(401, TestingHttp.send(local(server), "GET", "/memory", "Host: evil.example").status());
            assertEquals(200, TestingHttp.send(local(server), "GET", "/memory", "Host: proxy.example:8443",
                    "Origin: https://proxy.example:8443", RIGHT).status());
        }
    }

    @Test
    void canBeChangedAndTakenAway() throws IOException {
        try (AdminServer server = start("127.0.0.1")) {
            server.token(new AdminToken("another"));
            assertEquals(401,
                    TestingHttp.send(server.address(), "GET", "/memory", "Host: localhost", RIGHT).status());
            assertEquals(200, TestingHttp.send(server.address(), "GET", "/memory", "Host: localhost",
                    "Authorization: Bearer another").status());
            server.token(null);
            assertEquals(200, TestingHttp.get(server.address(), "/memory").status());
            assertEquals(403,
                    TestingHttp.send(server.address(), "GET", "/memory", "Host: evil.example", RIGHT).status());
        }
    }

    @Test
    void anAddressThatOthersReachKeepsIt() throws IOException {
        try (AdminServer server = start("0.0.0.0")) {
            assertThrows(IllegalArgumentException.class, () -> server.token(null));
            assertEquals(401, TestingHttp.get(local(server), "/memory").status());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::"})
    void theFirstRequestOfAllBringsIt(String ip) throws IOException {
        AtomicInteger scrapes = new AtomicInteger();
        AdminParts parts = TestingParts.of(view, new Metrics(view, scrapes::getAndIncrement), commands);
        try (AdminServer server = AdminServer.start(any(ip), TOKEN, parts, Duration.ofSeconds(10), Duration.ZERO)) {
            await("it has been served", () -> scrapes.get() == 1);
            await("and is over", () -> server.connections() == 0);
        }
    }
}
