package dev.sluice.examples.configs;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.ProxyServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class ConfigsTest {
    private static final Path HERE = Path.of("").toAbsolutePath();
    private static final Pattern LISTEN = Pattern.compile("listen: \"[^\"]*\"");
    private static final Pattern UNIX_LISTEN = Pattern.compile("listen: \"unix:[^\"]*/");
    private static final Pattern ENDPOINT = Pattern.compile("address: \"[^\"]*\"");

    private static final Path SUPPLIED = HERE.resolve("../../proxy-dist/src/dist/conf/sluice.yaml");
    /** A key, or an element of a list, that is commented out. Lines of prose do not begin with a lower-case word and a colon. */
    private static final Pattern COMMENTED_OUT = Pattern.compile("(?m)^#( *(?:- |[a-z][A-Za-z]*:))");

    @TempDir
    private Path temporary;

    /** Those whose clients and servers need not know anything of the proxy. TlsIT runs those with TLS. */
    static List<Path> filesWithoutHeaders() throws IOException {
        return mainFiles().stream()
                .filter(file -> !file.endsWith("load-balancer.yaml") && !file.endsWith("terminate.yaml")
                        && !file.endsWith("mtls.yaml") && !file.endsWith("passthrough.yaml"))
                .toList();
    }

    static List<Path> mainFiles() throws IOException {
        try (Stream<Path> files = Files.walk(HERE)) {
            return files.map(HERE::relativize).filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> file.getNameCount() == 1 || file.endsWith("sluice.yaml")).sorted().toList();
        }
    }

    @Test
    void theFilesAreFound() throws IOException {
        assertEquals(
                "[edge.yaml, https.yaml, includes/sluice.yaml, load-balancer.yaml, mtls.yaml, operations.yaml, passthrough.yaml, postgres.yaml, primary.yaml, redis.yaml,"
                        + " terminate.yaml, tight-limits.yaml, unix-sockets.yaml]",
                mainFiles().toString());
    }

    @ParameterizedTest
    @MethodSource("mainFiles")
    void isAcceptedAsItIs(Path file) {
        ProxyConfig config = ProxyConfig.load(HERE.resolve(file));
        assertEquals(List.of(), config.warnings());
    }

    @ParameterizedTest
    @MethodSource("filesWithoutHeaders")
    void relaysOnEachListener(Path file) throws Exception {
        try (EchoServer upstream = new EchoServer();
                ProxyServer proxy = ProxyServer.builder().config(adapted(file, upstream.port())).start()) {
            Map<String, SocketAddress> addresses = proxy.addresses();
            assertEquals(ProxyConfig.load(HERE.resolve(file)).listenerNames(), List.copyOf(addresses.keySet()));
            for (Map.Entry<String, SocketAddress> listener : addresses.entrySet()) {
                String message = "through " + listener.getKey() + " and back";
                assertEquals(message, roundTrip(listener.getValue(), message));
            }
            assertEquals(addresses.size(), proxy.stats().connectionsTotal());
        }
    }

    @Test
    void theOptionsThatTheSuppliedConfigurationSuggestsAreAccepted() throws IOException {
        Files.createDirectory(temporary.resolve("plugins"));
        String all = COMMENTED_OUT.matcher(Files.readString(SUPPLIED))
                .replaceAll(option -> (option.group(1).startsWith(" ") ? " " : "") + option.group(1));
        // A listener has a cluster or routes, and a template is for text.
        String consistent = all.replaceFirst("(?m)^    cluster: .*$", "").replace("format: json", "format: text");
        ProxyConfig config = ProxyConfig.load(Files.writeString(temporary.resolve("sluice.yaml"), consistent));
        assertEquals(List.of(), config.warnings());
        assertTrue(consistent.contains("\n        backup: true"), consistent);
    }

    @Test
    void theClientOfALoadBalancerIsKnown() throws Exception {
        try (EchoServer upstream = new EchoServer();
                ProxyServer proxy = ProxyServer.builder()
                        .config(adapted(Path.of("load-balancer.yaml"), upstream.port())).start()) {
            SocketAddress listener = proxy.address("from-balancer");
            assertEquals("hello", echoed(listener, "PROXY TCP4 192.0.2.7 198.51.100.1 50123 443\r\nhello"),
                    "the route of partners is taken, whose servers get no header");
            String header = echoed(listener, "PROXY TCP4 203.0.113.9 198.51.100.1 50123 443\r\nhello");
            assertTrue(header.endsWith("hello"), header);
            assertTrue(header.startsWith("PROXY TCP4 203.0.113.9 198.51.100.1 50123 443\r\n")
                    || header.contains("\u00cb\0q\t"), header);
        }
    }

    /** Everything that comes back before the end. */
    private static String echoed(SocketAddress address, String message) throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            channel.connect(address);
            channel.write(ByteBuffer.wrap(message.getBytes(StandardCharsets.ISO_8859_1)));
            channel.shutdownOutput();
            return new String(channel.socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void includesBringListenersFromSeveralFiles() throws Exception {
        try (EchoServer upstream = new EchoServer();
                ProxyServer proxy = ProxyServer.builder()
                        .config(adapted(Path.of("includes", "sluice.yaml"), upstream.port())).start()) {
            assertEquals(List.of("submission", "ssh"), List.copyOf(proxy.addresses().keySet()));
            assertTrue(proxy.adminAddress().isPresent());
            assertEquals(30, proxy.drainTimeout().toSeconds());
        }
    }

    @Test
    void theAccessLogHasALineForEachConnection() throws Exception {
        try (EchoServer upstream = new EchoServer();
                ProxyServer proxy = ProxyServer.builder().config(adapted(Path.of("operations.yaml"), upstream.port()))
                        .start()) {
            assertEquals("x", roundTrip(proxy.address("edge"), "x"));
            proxy.drain(proxy.drainTimeout());
        }
        List<String> lines = Files.readAllLines(temporary.resolve("access.log"));
        assertEquals(1, lines.size());
        assertTrue(lines.getFirst().matches(
                "\\S+Z 1 edge 127\\.0\\.0\\.1:[0-9]+ -> 127\\.0\\.0\\.1:[0-9]+ up=1 down=1 ms=[0-9.]+ end=client-finished by=client"),
                lines::getFirst);
    }

    /** The file and its neighbours with free ports, sockets and logs in a temporary directory, and endpoints that echo. */
    private Path adapted(Path file, int upstreamPort) throws IOException {
        try (Stream<Path> all = Files.walk(HERE)) {
            for (Path source : all.filter(path -> path.toString().endsWith(".yaml")).toList()) {
                Path copy = temporary.resolve(HERE.relativize(source));
                Files.createDirectories(copy.getParent());
                Files.writeString(copy, adapted(Files.readString(source), upstreamPort));
            }
        }
        return temporary.resolve(file);
    }

    private String adapted(String yaml, int upstreamPort) {
        String local = UNIX_LISTEN.matcher(yaml).replaceAll("LISTEN: \"unix:" + temporary + "/");
        local = LISTEN.matcher(local).replaceAll("listen: \"127.0.0.1:0\"").replace("LISTEN:", "listen:")
                .replace("/var/log/sluice", temporary.toString()).replace("10.1.0.0/24", "127.0.0.1");
        Matcher endpoint = ENDPOINT.matcher(local);
        StringBuilder adapted = new StringBuilder();
        for (int i = 1; endpoint.find(); i++) {
            endpoint.appendReplacement(adapted, "address: \"127.0.0." + i + ":" + upstreamPort + "\"");
        }
        String result = endpoint.appendTail(adapted).toString();
        assertFalse(result.contains("10.0."), result);
        return result;
    }

    private static String roundTrip(SocketAddress address, String message) throws IOException {
        StandardProtocolFamily family = address instanceof UnixDomainSocketAddress
                ? StandardProtocolFamily.UNIX
                : StandardProtocolFamily.INET;
        ByteBuffer out = ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8));
        ByteBuffer in = ByteBuffer.allocate(out.remaining());
        try (SocketChannel channel = SocketChannel.open(family)) {
            channel.connect(address);
            while (out.hasRemaining()) {
                channel.write(out);
            }
            channel.shutdownOutput();
            while (in.hasRemaining() && channel.read(in) >= 0) {
                // Until all of it has come.
            }
        }
        return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
    }
}
