package dev.sluice.dist;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.sluice.dist.TestingCommand.Outcome;
import dev.sluice.runtime.ProxyServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.dist.TestingCommand.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The commands to a running daemon, against servers that answer, refuse, are silent, or speak something else. */
@Timeout(60)
class ClientCommandsTest {
    @TempDir
    private Path directory;

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
    void connectionsAreChosenByTheDaemon() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp()
                .answers(200, "{\"connections\":[{\"id\":1}],\"next\":1}")
                .answers(200, "{\"connections\":[{\"id\":3}],\"next\":null}")) {
            String lines = "{\"id\":1}\n{\"id\":3}\n";
            assertEquals(new Outcome(0, lines, ""), run(admin, "conns", "--generation", "7", "--json"));
            assertEquals(0, run(admin, "conns", "--where", "idle>1h and sni=\"a b\"").code());
            assertEquals(0, run(admin, "conns", "--sort", "bytes_owned", "--limit", "20", "--where", "id>0").code());
            assertEquals(List.of("GET /connections?limit=100&after=0&where=generation%3D7 HTTP/1.1",
                    "GET /connections?limit=99&after=1&where=generation%3D7 HTTP/1.1",
                    "GET /connections?limit=100&after=0&where=idle%3E1h+and+sni%3D%22a+b%22 HTTP/1.1",
                    "GET /connections?limit=20&where=id%3E0&sort=bytes_owned HTTP/1.1"),
                    admin.requests.stream().map(ClientCommandsTest::firstLine).toList());
        }
    }

    @Test
    void aConditionThatIsNoneIsWrongUsage() throws Exception {
        String error = "where, at position 1: unknown field \\\"clint\\\"";
        try (TestingAdmin admin = TestingAdmin.tcp().answers(400, "{\"error\":\"" + error + "\"}")) {
            Outcome expected = new Outcome(2, "", "sluice: where, at position 1: unknown field \"clint\"\n");
            assertEquals(expected, run(admin, "conns", "--where", "clint=1"));
            assertEquals(expected, run(admin, "conns", "close", "--where", "clint=1"));
        }
    }

    @Test
    void connectionsAreClosedByACondition() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp()
                .answers(200, "{\"connections\":2,\"text\":\"2 connections would be closed\"}")
                .answers(200, "{\"connections\":2,\"text\":\"2 connections were closed\"}")) {
            assertEquals(new Outcome(0, "2 connections would be closed\n", ""),
                    run(admin, "conns", "close", "--where", "idle>1h", "--dry-run"));
            assertEquals(new Outcome(0, "2 connections were closed\n", ""),
                    run(admin, "conns", "close", "--generation", "7"));
            assertEquals(List.of("POST /connections/close?where=idle%3E1h&dry-run HTTP/1.1",
                    "POST /connections/close?where=generation%3D7 HTTP/1.1"),
                    admin.requests.stream().map(ClientCommandsTest::firstLine).toList());
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
        "endpoint web 10.0.0.1:443 drain now", "conns open", "conns close", "conns close --dry-run", "conns --dry-run",
        "conns close --where id>0 --limit 3", "conns close --where id>0 --sort age", "conns close --where id>0 --json",
        "conns --sort age --limit 1001", "conns --where id>0 --generation 7", "conns close now"})
    void wrongUsageIsExplained(String arguments) {
        Outcome outcome = run(Map.of(), arguments.split(" "));
        assertEquals(2, outcome.code(), outcome.toString());
        assertEquals("", outcome.out());
        assertTrue(outcome.err().contains("Usage: sluice"), outcome.err());
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
            assertEquals(new Outcome(0, "no connections\n", ""),
                    run(environment, "conns", "--where", "sni=\"a b\" and idle>1h", "--sort", "bytes_owned"));
            assertEquals(2, run(environment, "conns", "--where", "idle>90").code());
            assertEquals(new Outcome(0, "0 connections were closed, of 0\n", ""),
                    run(environment, "conns", "close", "--where", "client in 10.0.0.0/8"));
            assertEquals(0, run(environment, "drain").code());
            proxy.awaitTermination();
        }
    }
}
