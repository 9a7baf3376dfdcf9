package dev.sluice.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.observe.ReloadCause;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The admin interface of a whole server: token, configuration and log levels as an embedding program meets them. */
@Timeout(60)
class ServerAdminTest {
    private static final String REST = """
            listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
            clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
            """;

    @TempDir
    private Path directory;

    /** A logging library. */
    private static final class Levels implements LogLevels {
        final Map<String, String> all = new ConcurrentHashMap<>(Map.of("ROOT", "info"));

        @Override
        public Map<String, String> levels() {
            return new TreeMap<>(all);
        }

        @Override
        public void level(String logger, @Nullable String level) {
            if (level == null) {
                all.remove(logger);
            } else {
                all.put(logger, level);
            }
        }
    }

    private static HttpResponse<String> ask(ProxyServer server, String method, String path, String token)
            throws IOException, InterruptedException {
        int port = ((InetSocketAddress) server.adminAddress().orElseThrow()).getPort();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.noBody()).header("Authorization", "Bearer " + token).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    @Test
    void aTokenOpensTheInterfaceToOtherMachines() throws Exception {
        write("token", "s3cret\n");
        Path file = write("sluice.yaml", "admin: { listen: \"0.0.0.0:0\", tokenFile: token }\n" + REST);
        try (ProxyServer server = ProxyServer.builder().config(file).start()) {
            assertEquals(200, ask(server, "GET", "/memory", "s3cret").statusCode());
            assertEquals(401, ask(server, "GET", "/memory", "wrong").statusCode());
            assertEquals(200, ask(server, "GET", "/live", "wrong").statusCode());
        }
    }

    /** A server starts all the same, and waits for a better file. */
    @Test
    void aCheckReadsTheFilesWithEndpoints() throws Exception {
        Path good = write("good.yaml", "- address: \"127.0.0.1:9\"\n");
        Path bad = write("bad.yaml", "- address: \"127.0.0.1:9\"\n- address: \"127.0.0.1\"\n  wait: 7\n");
        Path file = write("sluice.yaml", """
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                clusters:
                  - { name: app, endpointsFile: good.yaml }
                  - { name: one, endpointsFile: bad.yaml }
                  - { name: two, endpointsFile: bad.yaml }
                  - { name: three, endpointsFile: none.yaml }
                """);
        ProxyConfig config = ProxyConfig.load(file);
        List<ConfigurationProblem> problems = assertThrows(ConfigurationException.class, config::verify).problems();
        assertEquals(3, problems.size(), problems::toString);
        assertTrue(problems.get(0).text().startsWith(bad + ":2:12 [1].address: "), problems.get(0).text());
        assertTrue(problems.get(1).text().startsWith(bad + ":3:3 [1].wait: "), problems.get(1).text());
        assertTrue(problems.get(2).text().startsWith(directory.resolve("none.yaml") + ": cannot read the file: "),
                problems.get(2).text());
        ProxyServer.builder().config(file).start().close();
        Files.copy(good, bad, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(good, directory.resolve("none.yaml"));
        config.verify();
    }

    @Test
    void aTokenThatCannotBeReadIsAProblemAtItsPlace() throws Exception {
        Path file = write("sluice.yaml", "admin: { listen: \"127.0.0.1:0\", tokenFile: token }\n" + REST);
        ProxyConfig config = ProxyConfig.load(file);
        for (Runnable use : List.<Runnable>of(config::verify, () -> ProxyServer.builder().config(file).start(),
                () -> ProxyServer.builder().config(config).start())) {
            ConfigurationProblem problem = assertThrows(ConfigurationException.class, use::run).problems().getFirst();
            assertEquals("admin.tokenFile", problem.path());
            assertEquals("cannot read the file '" + directory.resolve("token") + "': no such file or directory",
                    problem.what());
            assertTrue(problem.text().startsWith(file + ":1:44 admin.tokenFile: "), problem.text());
        }
        write("token", "s3cret");
        config.verify();
    }

    @Test
    void theConfigurationIsShownWithoutItsSecrets() throws Exception {
        String text = "admin: { listen: \"127.0.0.1:0\" } # ${PATH}\n" + REST.replace("edge", "\"${NONE:-edge}\"");
        Path file = write("sluice.yaml", text);
        try (ProxyServer server = ProxyServer.builder().config(file).start()) {
            String body = ask(server, "GET", "/config", "").body();
            assertTrue(body.startsWith("{\"files\":[{\"path\":\"" + file + "\",\"text\":\"admin: "), body);
            assertTrue(body.contains("# ${PATH}\\nlisteners: [ { name: \\\"${NONE:-edge}\\\""), body);
        }
        try (ProxyServer server = ProxyServer.builder().config(text).start()) {
            assertTrue(ask(server, "GET", "/config", "").body().contains("\"path\":\"configuration\""));
        }
    }

    @Test
    void logLevelsAreThoseOfTheProgram() throws Exception {
        Levels levels = new Levels();
        String text = "admin: { listen: \"127.0.0.1:0\" }\n" + REST;
        try (ProxyServer server = ProxyServer.builder().config(text).logLevels(levels).start()) {
            assertEquals(200, ask(server, "POST", "/loggers/dev.sluice?level=debug&for=10m", "").statusCode());
            assertEquals(Map.of("ROOT", "info", "dev.sluice", "debug"), levels.all);
            String wrong = ask(server, "POST", "/loggers/dev.sluice?level=debug&for=10", "").body();
            assertTrue(wrong.contains("for: '10' has no unit; allowed: a duration from 1s to 24h"), wrong);
        }
        assertEquals(Map.of("ROOT", "info"), levels.all);
        try (ProxyServer server = ProxyServer.builder().config(text).start()) {
            assertEquals(501, ask(server, "GET", "/loggers", "").statusCode());
        }
    }

    private static int port(ProxyServer server) {
        return ((InetSocketAddress) server.adminAddress().orElseThrow()).getPort();
    }

    /** Each reload comes before the interface that the one before left has closed. */
    @Test
    void theInterfaceMovesBetweenAWildcardAndAnAddressOfOnePort() throws Exception {
        write("token", "s3cret\n");
        String text = "admin: { listen: \"%s:%d\", tokenFile: token }\n" + REST;
        Path file = write("sluice.yaml", text.formatted("127.0.0.1", 0));
        Ledger ledger = Ledger.open();
        try (ProxyServer server = ProxyServer.builder().config(file).start()) {
            int port = port(server);
            for (String host : List.of("0.0.0.0", "127.0.0.1", "[::]", "0.0.0.0", "[::1]", "127.0.0.1")) {
                write("sluice.yaml", text.formatted(host, port));
                assertTrue(server.reload().applied());
                assertEquals(port, port(server));
                if (!host.contains("1]")) {
                    assertEquals(200, ask(server, "GET", "/memory", "s3cret").statusCode(), host);
                }
            }
        }
        ledger.settle();
    }

    @Test
    void aReloadMayBringTheTokenThatItsFileHasNow() throws Exception {
        write("token", "old\n");
        Path file = write("sluice.yaml", "admin: { listen: \"127.0.0.1:0\", tokenFile: token }\n" + REST);
        try (ProxyServer server = ProxyServer.builder().config(file).start()) {
            write("token", "new\n");
            assertEquals(401, ask(server, "GET", "/memory", "new").statusCode());
            assertEquals(401, ask(server, "POST", "/reload", "other").statusCode());
            assertEquals(200, ask(server, "GET", "/memory", "old").statusCode());
            assertEquals(200, ask(server, "POST", "/reload", "new").statusCode());
            assertEquals(200, ask(server, "GET", "/memory", "new").statusCode());
            assertEquals(401, ask(server, "POST", "/reload", "old").statusCode());
            Files.delete(directory.resolve("token"));
            assertEquals(401, ask(server, "POST", "/reload", "old").statusCode());
            assertEquals(422, ask(server, "POST", "/reload", "new").statusCode());
        }
    }

    @Test
    void thePortThatItHasMayBeWrittenOut() throws Exception {
        String text = "admin: { listen: \"127.0.0.1:%d\" }\n" + REST;
        try (ProxyServer server = ProxyServer.builder().config(text.formatted(0)).start()) {
            int port = port(server);
            assertTrue(server.reload(text.formatted(port)).applied());
            assertEquals(200, ask(server, "GET", "/memory", "").statusCode());
            assertEquals(port, port(server));
        }
    }

    @Test
    void aUnixSocketWhoseFileWasRemovedComesBackWithAReload() throws Exception {
        Path socket = directory.resolve("admin.sock");
        String text = "admin: { listen: \"unix:" + socket + "\" }\n" + REST;
        try (ProxyServer server = ProxyServer.builder().config(text).start()) {
            assertFalse(server.reload(text).applied());
            Files.delete(socket);
            assertEquals(List.of("listens on unix:" + socket + " again, whose file was removed"),
                    server.plan(text).changes().getFirst().details());
            assertFalse(Files.exists(socket), "a plan changes nothing");
            assertTrue(server.reload(text).applied());
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertTrue(client.isConnected());
            }
            assertFalse(server.reload(text).applied());
        }
        assertFalse(Files.exists(socket));
    }

    @Test
    void aLevelForSomeTimeOutlivesTheAddressThatItWasSetAt() throws Exception {
        Levels levels = new Levels();
        String text = "admin: { listen: \"%s:0\" }\n" + REST;
        try (ProxyServer server = ProxyServer.builder().config(text.formatted("127.0.0.1")).logLevels(levels).start()) {
            assertEquals(200, ask(server, "POST", "/loggers/dev.sluice?level=debug&for=10m", "").statusCode());
            assertTrue(server.reload(text.formatted("127.0.0.2")).applied());
            assertTrue(server.reload(REST).applied());
            assertTrue(server.reload(text.formatted("127.0.0.1")).applied());
            assertEquals("debug", levels.all.get("dev.sluice"));
            assertTrue(ask(server, "GET", "/loggers", "").body().contains("\"back_to\":\"inherit\""));
            assertEquals(200, ask(server, "POST", "/loggers/dev.sluice?level=warn", "").statusCode());
        }
        assertEquals("warn", levels.all.get("dev.sluice"));
    }

    @Test
    void theAdminInterfaceOfAFileIsFoundWhateverElseIsWrong() throws Exception {
        Path file = write("sluice.yaml", "admin: { listen: \"127.0.0.1:9901\", tokenFile: token }\nlisteners: 7\n");
        assertEquals(Optional.of(new AdminAccess(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9901),
                Optional.of(directory.resolve("token")))), ProxyConfig.adminAccess(file));
        write("sluice.yaml", "admin: { listen: 9901 }\n");
        assertThrows(ConfigurationException.class, () -> ProxyConfig.adminAccess(file));
    }

    /** Each way to ask for a reload leaves its word, and only one that was applied is why the configuration serves. */
    @Test
    void theOverviewSaysWhatReloadedTheConfiguration() throws Exception {
        String text = "admin: { listen: \"127.0.0.1:0\" }\nruntime: { watch: 1s }\n" + REST;
        Path file = write("sluice.yaml", text);
        try (ProxyServer server = ProxyServer.builder().config(file).start()) {
            String first = ask(server, "GET", "/overview", "").body();
            assertTrue(first.contains("\"by\":\"start\",\"source\":\"" + file + "\",\"alive\":1}"), first);
            assertTrue(first.contains("\"last_reload\":{\"result\":\"none\",\"time\":null"), first);
            server.reload();
            assertTrue(ask(server, "GET", "/overview", "").body().contains("\"result\":\"unchanged\",\"time\":\"2"));
            write("sluice.yaml", text.replace("name: edge", "name: front"));
            Await.until("the watch to reload", () -> server.engine().view().reloads().serving() == ReloadCause.WATCH);
            assertTrue(lastReload(server).contains("\"result\":\"applied\""), lastReload(server));
            write("sluice.yaml", text.replace("name: edge", "nam: edge"));
            ask(server, "POST", "/reload", "");
            String refused = lastReload(server);
            assertTrue(refused.contains("\"result\":\"refused\"") && refused.contains("nam"), refused);
            assertTrue(ask(server, "GET", "/overview", "").body().contains("\"by\":\"watch\",\"source\""));
        }
    }

    private static String lastReload(ProxyServer server) throws Exception {
        String body = ask(server, "GET", "/overview", "").body();
        return body.substring(body.indexOf("\"last_reload\""), body.indexOf("\"listeners\""));
    }
}
