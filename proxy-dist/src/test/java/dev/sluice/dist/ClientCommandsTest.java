package dev.sluice.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.ProxyServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The commands to a running daemon, against servers that answer, refuse, are silent, or speak something else. */
@Timeout(60)
class ClientCommandsTest {
    @TempDir
    private Path directory;

    /** The end of a command. */
    private record Outcome(int code, String out, String err) {}

    private static Outcome run(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(outBytes, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(errBytes, true, StandardCharsets.UTF_8);
        CommandSpec sluice = CommandSpec.create().name("sluice");
        ClientCommands.addTo(sluice);
        CommandLine line = new CommandLine(sluice).registerConverter(Path.class, Path::of)
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setExecutionStrategy(
                        parsed -> new ClientCommands(out, new Messages(err, LogFormat.TEXT), environment)
                                .run(parsed.subcommand()));
        int code = line.execute(arguments);
        return new Outcome(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
    }

    private static Outcome run(TestingAdmin admin, String command, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(command, "--admin", admin.address()));
        arguments.addAll(List.of(options));
        return run(Map.of(), arguments.toArray(String[]::new));
    }

    private static String firstLine(String request) {
        return request.lines().findFirst().orElseThrow();
    }

    @Test
    void aReloadThatWasAppliedPrintsItsText() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200,
                "{\"result\":\"applied\",\"text\":\"generation 8\\nlistener edge changed\\u001b[2J ü\\n\"}")) {
            Outcome outcome = run(admin, "reload");
            assertEquals(new Outcome(0, "generation 8\nlistener edge changed\uFFFD[2J ü\n", ""), outcome);
            String request = admin.requests.getFirst();
            assertEquals("POST /reload HTTP/1.1", firstLine(request));
            assertTrue(request.contains("\r\nHost: " + admin.address() + "\r\n"), request);
            assertFalse(request.contains("Authorization"), request);
        }
    }

    @Test
    void aPlanAsksForOne() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200,
                "{\"result\":\"planned\",\"text\":\"cluster web kept\"}")) {
            assertEquals(new Outcome(0, "cluster web kept\n", ""), run(admin, "reload", "--plan"));
            assertEquals("POST /reload?plan HTTP/1.1", firstLine(admin.requests.getFirst()));
        }
    }

    @Test
    void aRefusalPrintsItsProblemsAsCheckDoes() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(422, """
                {"result":"refused","problems":[
                {"source":"/etc/a.yaml","line":2,"text":"/etc/a.yaml:2:3 memory: one\\n    memory\\n    ^"},
                {"source":"/etc/a.yaml","line":0,"what":"two","text":"/etc/a.yaml: two"}],"text":"refused"}""")) {
            assertEquals(new Outcome(78, "", """
                    /etc/a.yaml:2:3 memory: one
                        memory
                        ^
                    /etc/a.yaml: two
                    2 problems in /etc/a.yaml; nothing was changed
                    """), run(admin, "reload"));
            assertEquals(78, run(admin, "reload", "--plan").code());
        }
    }

    @Test
    void aRefusalWithoutProblemsPrintsItsText() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(422,
                "{\"result\":\"refused\",\"problems\":[],\"text\":\"127.0.0.1:80 is taken\"}")) {
            assertEquals(new Outcome(78, "", "sluice: 127.0.0.1:80 is taken\n"), run(admin, "reload"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "200@{\"result\":\"applied\",\"text\":\"done\"}@0@done@",
        "200@{\"result\":\"refused\",\"text\":\"taken\"}@78@@sluice: taken",
        "422@{\"result\":\"refused\",\"text\":\"taken\"}@78@@sluice: taken"})
    void aReloadThatGoesOnIsWaitedFor(int status, String last, int code, String out, String err) throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(202, "{\"result\":\"running\"}")
                .answers(202, "{\"result\":\"running\"}").answers(status, last)) {
            Outcome outcome = run(admin, "reload");
            assertEquals(code, outcome.code(), outcome.toString());
            assertEquals(out == null ? "" : out, outcome.out().strip());
            assertEquals(err == null ? "" : err, outcome.err().strip());
            assertEquals(List.of("POST /reload HTTP/1.1", "GET /reload HTTP/1.1", "GET /reload HTTP/1.1"),
                    admin.requests.stream().map(ClientCommandsTest::firstLine).toList());
        }
    }

    @Test
    void aReloadThatGoesOnForEverIsGivenUp() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(202, "{\"result\":\"running\"}")) {
            Outcome outcome = run(admin, "reload", "--timeout", "1s");
            assertEquals(1, outcome.code());
            assertTrue(outcome.err().startsWith("sluice: the reload still goes on after 1 s; GET /reload"),
                    outcome.err());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 409, 500, 501, 403})
    void anErrorIsPrinted(int status) throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(status, "{\"error\":\"the server is draining\"}")) {
            assertEquals(new Outcome(1, "", "sluice: the server is draining\n"), run(admin, "reload"));
            assertEquals(1, run(admin, "conns").code());
            assertEquals(1, run(admin, "drain").code());
        }
    }

    @Test
    void jsonIsPrintedAsItComes() throws Exception {
        String json = "{\"result\":\"refused\",\"problems\":[]}";
        try (TestingAdmin admin = TestingAdmin.tcp().answers(422, json + "\n")) {
            assertEquals(new Outcome(78, json + "\n", ""), run(admin, "reload", "--json"));
        }
    }

    @Test
    void connectionsAreATable() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200,
                """
                        {"connections":[{"id":7,"generation":3,"listener":"edge","client":"192.0.2.7:1\\u001b[31m","peer":"192.0.2.7:1\\u001b[31m",
                        "endpoint":null,"state":"open","age_ms":7500000.125,"idle_ms":12.5,"bytes_up":512,
                        "bytes_down":10485760,"buffer_bytes_owned":0}],"next":null}""")) {
            assertEquals(new Outcome(0, """
                    ID  GEN  LISTENER  CLIENT            ENDPOINT  STATE  AGE    IDLE  UP   DOWN     OWNED
                    7   3    edge      192.0.2.7:1\uFFFD[31m  -         open   2h 5m  12ms  512  10.0MiB  0
                    """, ""), run(admin, "conns"));
            assertEquals("GET /connections?limit=100&after=0 HTTP/1.1", firstLine(admin.requests.getFirst()));
        }
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200, "{\"connections\":[],\"next\":null}")) {
            assertEquals(new Outcome(0, "no connections\n", ""), run(admin, "conns"));
        }
    }

    @Test
    void aLoadBalancerInFrontHasAColumnWhereThereIsOne() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200, """
                {"connections":[{"id":7,"client":"192.0.2.7:1","peer":"10.0.0.1:5"},
                {"id":8,"client":"192.0.2.8:1","peer":"192.0.2.8:1"}],"next":null}""")) {
            assertEquals(new Outcome(0, """
                    ID  GEN  LISTENER  CLIENT       PEER        ENDPOINT  STATE  AGE  IDLE  UP  DOWN  OWNED
                    7   -    -         192.0.2.7:1  10.0.0.1:5  -         -      -    -     -   -     -
                    8   -    -         192.0.2.8:1  -           -         -      -    -     -   -     -
                    """, ""), run(admin, "conns"));
        }
    }

    @Test
    void pagesAreTurnedUntilThereAreEnough() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp()
                .answers(200, "{\"connections\":[{\"id\":1},{\"id\":2}],\"next\":2}")
                .answers(200, "{\"connections\":[{\"id\":3}],\"next\":3}")) {
            Outcome outcome = run(admin, "conns", "--limit", "3", "--json");
            assertEquals("{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n", outcome.out());
            assertEquals("sluice: there are more than the 3 listed; --limit N lists more\n", outcome.err());
            assertEquals(List.of("GET /connections?limit=3&after=0 HTTP/1.1",
                    "GET /connections?limit=1&after=2 HTTP/1.1"),
                    admin.requests.stream().map(ClientCommandsTest::firstLine).toList());
        }
    }

    @Test
    void connectionsOfOneGenerationAreChosen() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp()
                .answers(200, "{\"connections\":[{\"id\":1,\"generation\":7},{\"id\":2,\"generation\":8}],\"next\":2}")
                .answers(200, "{\"connections\":[{\"id\":3,\"generation\":7}],\"next\":null}")) {
            assertEquals(new Outcome(0, "{\"id\":1,\"generation\":7}\n{\"id\":3,\"generation\":7}\n", ""),
                    run(admin, "conns", "--generation", "7", "--json"));
        }
    }

    @Test
    void aDrainIsOrdered() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(202, "{\"state\":\"draining\"}")) {
            Outcome outcome = run(admin, "drain");
            assertEquals(0, outcome.code());
            assertTrue(outcome.out().startsWith("draining"), outcome.out());
            run(admin, "drain", "--generation", "7");
            run(admin, "drain", "--generation", "7", "--over", "30m");
            run(admin, "drain", "--generation", "7", "--over", "a b&c");
            assertEquals(List.of("POST /drain HTTP/1.1", "POST /generations/7/drain HTTP/1.1",
                    "POST /generations/7/drain?over=30m HTTP/1.1", "POST /generations/7/drain?over=a+b%26c HTTP/1.1"),
                    admin.requests.stream().map(ClientCommandsTest::firstLine).toList());
        }
    }

    @Test
    void anEndpointIsDrainedAndRestored() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200,
                "{\"state\":\"drained\",\"text\":\"endpoint 10.0.0.1:443 of cluster web\\u001b[2J gets no new\"}")) {
            assertEquals(new Outcome(0, "endpoint 10.0.0.1:443 of cluster web\uFFFD[2J gets no new\n", ""),
                    run(admin, "endpoint", "web", "10.0.0.1:443", "drain"));
            run(admin, "endpoint", "web", "[2001:db8::1]:443", "drain", "--over", "10m");
            run(admin, "endpoint", "web", "unix:/run/a b+c.sock", "up");
            run(admin, "endpoint", "--over", "a b&c", "w/x", "10.0.0.1:443", "drain");
            assertEquals(List.of("POST /clusters/web/endpoints/10.0.0.1%3A443/drain HTTP/1.1",
                    "POST /clusters/web/endpoints/%5B2001%3Adb8%3A%3A1%5D%3A443/drain?over=10m HTTP/1.1",
                    "POST /clusters/web/endpoints/unix%3A%2Frun%2Fa%20b%2Bc.sock/up HTTP/1.1",
                    "POST /clusters/w%2Fx/endpoints/10.0.0.1%3A443/drain?over=a%20b%26c HTTP/1.1"),
                    admin.requests.stream().map(ClientCommandsTest::firstLine).toList());
        }
    }

    @Test
    void whatAClientWouldGetIsAsked() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp()
                .answers(200, "{\"route\":\"routes[0]\",\"text\":\"route  routes[0]\\ncluster\\u001b[2J  web\"}")) {
            assertEquals(new Outcome(0, "route  routes[0]\ncluster\uFFFD[2J  web\n", ""),
                    run(admin, "explain", "--listener", "edge", "--client", "2001:db8::1", "--sni", "a.example",
                            "--alpn",
                            "h2,http/1.1", "--protocol", "tls", "--client-san", "spiffe://a/b c"));
            run(admin, "explain", "--listener", "e&f", "--client", "unix");
            assertEquals(
                    List.of("GET /explain?listener=edge&client=2001%3Adb8%3A%3A1&sni=a.example&alpn=h2%2Chttp%2F1.1"
                            + "&protocol=tls&clientSan=spiffe%3A%2F%2Fa%2Fb%20c HTTP/1.1",
                            "GET /explain?listener=e%26f&client=unix HTTP/1.1"),
                    admin.requests.stream().map(ClientCommandsTest::firstLine).toList());
        }
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200, "{\"route\":null,\"text\":\"x\"}\n")) {
            assertEquals(new Outcome(0, "{\"route\":null,\"text\":\"x\"}\n", ""),
                    run(admin, "explain", "--listener", "edge", "--client", "unix", "--json"));
        }
        try (TestingAdmin admin = TestingAdmin.tcp().answers(400, "{\"error\":\"listener is; allowed: edge\"}")) {
            assertEquals(new Outcome(2, "", "sluice: listener is; allowed: edge\n"),
                    run(admin, "explain", "--listener", "x", "--client", "unix"));
        }
    }

    @ParameterizedTest
    @CsvSource({"404, 1", "400, 2", "409, 1", "500, 1"})
    void anEndpointThatCannotBeDrainedIsSaid(int status, int code) throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(status, "{\"error\":\"there is no cluster 'w'\"}")) {
            assertEquals(new Outcome(code, "", "sluice: there is no cluster 'w'\n"),
                    run(admin, "endpoint", "w", "10.0.0.1:443", "up"));
        }
    }

    @Test
    void aTimeThatTheDaemonDoesNotUnderstandIsWrongUsage() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(400, "{\"error\":\"over: '30' has no unit\"}")) {
            assertEquals(new Outcome(2, "", "sluice: over: '30' has no unit\n"),
                    run(admin, "drain", "--generation", "7", "--over", "30"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"drain --over 30m", "conns --limit 0", "conns --limit x", "reload --timeout 60",
        "reload --timeout 0s", "conns --generation x", "reload --admin 9901", "reload --admin localhost",
        "reload --admin ::1:9901", "reload --admin http://127.0.0.1:9901", "reload --admin 127.0.0.1:99999",
        "reload --admin [127.0.0.1]:9901", "reload --admin [::1", "reload more", "endpoint", "endpoint web",
        "endpoint web 10.0.0.1:443", "endpoint web 10.0.0.1:443 down", "endpoint web 10.0.0.1:443 up --over 10m",
        "endpoint web 10.0.0.1:443 drain now"})
    void wrongUsageIsExplained(String arguments) {
        Outcome outcome = run(Map.of(), arguments.split(" "));
        assertEquals(2, outcome.code(), outcome.toString());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().contains("Usage: sluice"), outcome.err());
    }

    @Test
    void aUnixSocketIsReached() throws Exception {
        Path socket = directory.resolve("admin.sock");
        try (TestingAdmin admin = TestingAdmin.on(UnixDomainSocketAddress.of(socket)).answers(200,
                "{\"result\":\"unchanged\",\"text\":\"nothing has changed\"}")) {
            assertEquals(new Outcome(0, "nothing has changed\n", ""), run(admin, "reload"));
            assertTrue(admin.requests.getFirst().contains("\r\nHost: localhost\r\n"), admin.requests.getFirst());
        }
        Outcome gone = run(Map.of(), "reload", "--admin", "unix:" + socket + ".gone");
        assertEquals(1, gone.code());
        assertTrue(gone.err().startsWith("sluice: no answer from unix:" + socket + ".gone (--admin): "), gone.err());
        assertTrue(gone.err().contains("Is the daemon running"), gone.err());
    }

    @Test
    void nobodyIsNamedWithTheAddressAndItsOrigin() throws Exception {
        String address;
        try (ServerSocketChannel closed = ServerSocketChannel.open()) {
            closed.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            address = "127.0.0.1:" + ((InetSocketAddress) closed.getLocalAddress()).getPort();
        }
        Outcome outcome = run(Map.of("SLUICE_ADMIN", address), "reload");
        assertEquals(new Outcome(1, "", "sluice: no answer from " + address + " (SLUICE_ADMIN): connection refused."
                + " Is the daemon running, and is this its admin.listen?\n"), outcome);
    }

    @Test
    void oneThatNeverAnswersIsGivenUp() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().neverAnswers()) {
            Outcome outcome = run(admin, "reload", "--timeout", "1s");
            assertEquals(1, outcome.code());
            assertTrue(outcome.err().contains("it took the connection and did not answer within"), outcome.err());
        }
    }

    @Test
    void oneThatTakesNoConnectionIsGivenUp() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel full = ServerSocketChannel.open()) {
            full.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1);
            // Each takes a place in the backlog, until there is none.
            for (int i = 0; i < 20; i++) {
                SocketChannel one = SocketChannel.open();
                waiting.add(one);
                one.configureBlocking(false);
                one.connect(full.getLocalAddress());
            }
            String address = "127.0.0.1:" + ((InetSocketAddress) full.getLocalAddress()).getPort();
            AdminClient client = new AdminClient(AdminTarget.find(address, null, null, Map.of()));
            NoAnswerException late = assertThrows(NoAnswerException.class,
                    () -> client.ask("GET", "/live", Duration.ofMillis(300)));
            assertTrue(String.valueOf(late.getMessage()).contains("no connection within 300 ms"), late.getMessage());
        } finally {
            for (SocketChannel one : waiting) {
                one.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "SSH-2.0-OpenSSH_9.6\\r\\n@what answers there does not speak HTTP; it says 'SSH-2.0-OpenSSH_9.6\uFFFD\uFFFD'",
        "HTTP/1.1 200 OK\\r\\n@what answers there does not speak HTTP",
        "HTTP/2 200\\r\\n\\r\\n{}@what answers there does not speak HTTP",
        "HTTP/1.1 404 Not Found\\r\\nContent-Length: 13\\r\\n\\r\\n<html></html>@it answers 404, but not as Sluice does: '<html></html>'",
        "HTTP/1.1 200 OK\\r\\n\\r\\n[1]@it answers 200, but not as Sluice does: '[1]'",
        "HTTP/1.1 200 OK\\r\\n\\r\\n{\"a\":@it answers 200, but not as Sluice does",
        "HTTP/1.1 200 OK\\r\\nContent-length: 9\\r\\n\\r\\n{}@its answer ended after 2 of 9 bytes",
        "``@it closed the connection without an answer"})
    void somethingElseIsNotTakenForAnAnswer(String answer, String message) throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp()
                .answersRaw(answer.replace("\\r", "\r").replace("\\n", "\n"))) {
            for (String command : List.of("reload", "conns", "drain")) {
                Outcome outcome = run(admin, command);
                assertEquals(1, outcome.code(), outcome.toString());
                assertEquals("", outcome.out());
                assertTrue(outcome.err().contains(message), outcome.err());
                assertTrue(outcome.err().startsWith("sluice: no answer from " + admin.address() + " (--admin): "),
                        outcome.err());
            }
        }
    }

    @Test
    void theConfigurationSaysWhereTheDaemonIs() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200, "{\"result\":\"applied\",\"text\":\"done\"}")) {
            Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
            Path file = Files.writeString(directory.resolve("sluice.yaml"),
                    "admin: { listen: \"" + admin.address() + "\", tokenFile: token }\nlisteners: broken\n");
            assertEquals(0, run(Map.of("SLUICE_ADMIN", ""), "reload", "-c", file.toString()).code());
            assertTrue(admin.requests.getFirst().contains("\r\nAuthorization: Bearer s3cret\r\n"));
            // The address from elsewhere, the token from the file.
            Files.writeString(file, "admin: { listen: \"unix:/nowhere\", tokenFile: token }\n");
            assertEquals(0, run(Map.of("SLUICE_ADMIN", admin.address()), "reload", "-c", file.toString()).code());
            assertTrue(admin.requests.get(1).contains("\r\nAuthorization: Bearer s3cret\r\n"));
            // Nothing from the file, which need not even be there.
            Path other = Files.writeString(directory.resolve("other"), "another");
            assertEquals(0, run(Map.of("SLUICE_TOKEN_FILE", token.toString()), "reload", "-c", file + ".gone",
                    "--admin", admin.address(), "--token-file", other.toString()).code());
            assertTrue(admin.requests.get(2).contains("\r\nAuthorization: Bearer another\r\n"));
            assertEquals(0, run(Map.of("SLUICE_TOKEN_FILE", token.toString(), "SLUICE_ADMIN", admin.address()),
                    "drain").code());
            assertTrue(admin.requests.get(3).contains("\r\nAuthorization: Bearer s3cret\r\n"));
        }
    }

    @Test
    void aConfigurationThatDoesNotSayItIsExplained() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), "listeners: []\n");
        Outcome none = run(Map.of(), "reload", "-c", file.toString());
        assertEquals(1, none.code());
        assertTrue(none.err().startsWith("sluice: " + file + " has no admin.listen: "), none.err());

        Files.writeString(file, "admin: { listen: \"127.0.0.1:0\" }\n");
        Outcome any = run(Map.of(), "reload", "-c", file.toString());
        assertEquals(1, any.code());
        assertTrue(any.err().startsWith("sluice: " + file + " has port 0 in admin.listen: "), any.err());

        Files.writeString(file, "admin: { listen: 9901 }\n");
        Outcome wrong = run(Map.of(), "reload", "-c", file.toString());
        assertEquals(78, wrong.code());
        assertTrue(wrong.err().startsWith(file + ":1:18 admin.listen: "), wrong.err());
        assertTrue(wrong.err().endsWith("1 problem in " + file + "\n"), wrong.err());
    }

    @Test
    void aWildcardIsReachedOnThisMachine() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"),
                "admin: { listen: \"0.0.0.0:9902\", tokenFile: token }\n");
        Files.writeString(directory.resolve("token"), "s3cret");
        AdminTarget target = AdminTarget.find(null, null, file, Map.of());
        assertEquals("127.0.0.1:9902", target.name());
        assertEquals("127.0.0.1:9902 (admin.listen of " + file + ")", target.toString());
        Files.writeString(file, "admin: { listen: \"[::]:9902\", tokenFile: token }\n");
        assertEquals("[::1]:9902", AdminTarget.find(null, null, file, Map.of()).name());
        assertEquals("127.0.0.1:9901", AdminTarget.find(null, null, null, Map.of()).name());
        assertEquals("proxy-1.example:9901", AdminTarget.find("proxy-1.example:9901", null, null, Map.of()).host());
    }

    @Test
    void aTokenThatCannotBeReadIsNamed() throws Exception {
        Path empty = Files.writeString(directory.resolve("empty"), " \n");
        for (Path file : List.of(empty, directory.resolve("gone"), directory)) {
            Outcome outcome = run(Map.of(), "reload", "--token-file", file.toString());
            assertEquals(1, outcome.code());
            assertTrue(outcome.err().contains(file.toString()), outcome.err());
        }
    }

    @Test
    void aTokenThatIsWantedIsAskedFor() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "wrong");
        try (TestingAdmin admin = TestingAdmin.tcp().answers(401, "{\"error\":\"no\"}")) {
            Outcome none = run(admin, "conns");
            assertEquals(1, none.code());
            assertTrue(none.err().contains("refused the command: it wants the token of its admin.tokenFile"),
                    none.err());
            Outcome wrong = run(admin, "conns", "--token-file", token.toString());
            assertEquals(1, wrong.code());
            assertTrue(wrong.err().contains("the token is not the right one"), wrong.err());
        }
    }

    /** Not a prepared answer for once: the names of fields are those of the daemon. */
    @Test
    void aRealAdminInterfaceAnswers() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "s3cret");
        try (ProxyServer proxy = ProxyServer.builder().logLevels(new LogbackLevels()).config("""
                admin: { listen: "127.0.0.1:0", tokenFile: "%s" }
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """.formatted(token)).start()) {
            String address = "127.0.0.1:" + ((InetSocketAddress) proxy.adminAddress().orElseThrow()).getPort();
            Map<String, String> environment = Map.of("SLUICE_ADMIN", address, "SLUICE_TOKEN_FILE", token.toString());
            assertEquals(new Outcome(0, "no connections\n", ""), run(environment, "conns"));
            assertEquals(1, run(Map.of("SLUICE_ADMIN", address), "conns").code());
            assertEquals(2, run(environment, "drain", "--generation", "7", "--over", "30").code());
            assertEquals(new Outcome(0, "endpoint 127.0.0.1:9 of cluster app gets no new connections\n", ""),
                    run(environment, "endpoint", "app", "127.0.0.1:9", "drain", "--over", "10m"));
            assertEquals("drained", proxy.endpoint("app", "127.0.0.1:9").state());
            assertEquals(2, run(environment, "endpoint", "app", "127.0.0.1:9", "drain", "--over", "10").code());
            assertEquals(new Outcome(1, "", "sluice: cluster app has no endpoint '127.0.0.1:8'; it has: 127.0.0.1:9\n"),
                    run(environment, "endpoint", "app", "127.0.0.1:8", "up"));
            assertEquals(new Outcome(0, "endpoint 127.0.0.1:9 of cluster app gets new connections\n", ""),
                    run(environment, "endpoint", "app", "127.0.0.1:9", "up"));
            assertEquals(0, run(environment, "drain").code());
            proxy.awaitTermination();
        }
    }
}
