package dev.sluice.dist;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code sluice top} without a terminal, against an admin interface that gives prepared answers. */
@Timeout(60)
class TopCommandTest {
    private static final String PAGE = """
            {"connections":[{"id":7,"listener":"\\u001b[2Jedge","client":"192.0.2.7:1","endpoint":null,"age_ms":%d,
            "idle_ms":1,"bytes_up":%d,"bytes_down":0,"buffer_bytes_owned":0}],"next":null}""";
    private static final String OVERVIEW = "{\"state\":\"ready\",\"uptime_ms\":%d,\"connections_active\":1}";

    private record Outcome(int code, String out, String err) {}

    private static Outcome top(TestingAdmin admin, String... options) throws IOException {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(outBytes, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(errBytes, true, StandardCharsets.UTF_8);
        CommandSpec sluice = CommandSpec.create().name("sluice");
        ClientCommands.addTo(sluice);
        List<String> arguments = new ArrayList<>(List.of("top", "--admin", admin.address()));
        arguments.addAll(List.of(options));
        int code = new CommandLine(sluice).registerConverter(Path.class, Path::of)
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setExecutionStrategy(parsed -> new ClientCommands(out, new Messages(err, LogFormat.TEXT),
                        Map.of("TERM", "dumb")).run(parsed.subcommand()))
                .execute(arguments.toArray(String[]::new));
        return new Outcome(code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
    }

    @Test
    void oneFrameIsMadeOfTwoLooks() throws Exception {
        String first = PAGE.formatted(1000, 0);
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200, first).answers(200, OVERVIEW.formatted(1000))
                .answers(200, first).answers(200, OVERVIEW.formatted(3000)).answers(200, PAGE.formatted(3000, 4096))) {
            Outcome outcome = top(admin, "--interval", "200ms", "--where", "idle>0s and sni=\"\"", "--sort",
                    "bytes_up");
            assertEquals(ExitCode.CLEAN, outcome.code(), outcome::toString);
            assertEquals("", outcome.err());
            assertTrue(outcome.out().startsWith("sluice ready at " + admin.address() + ", up 3s\n"), outcome.out());
            assertTrue(outcome.out().endsWith(" 7 \uFFFD[2Jedge 192.0.2.7:1 -         3s  1ms   2.0K     0\n"),
                    outcome.out());
            assertFalse(outcome.out().contains("\33"));
            assertTrue(admin.requests.getLast().startsWith(
                    "GET /connections?limit=21&sort=bytes_up&where=idle%3E0s+and+sni%3D%22%22 HTTP/1.1"),
                    admin.requests::toString);
        }
    }

    @Test
    void theOldestFirstNeedsNoSearch() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(400, "{\"error\":\"column 3: \\u001b[2Jno\"}")) {
            assertEquals(new Outcome(ExitCode.USAGE, "", "sluice: column 3: \uFFFD[2Jno\n"),
                    top(admin, "--sort", "id"));
            assertTrue(admin.requests.getFirst().startsWith("GET /connections?limit=1 HTTP/1.1"),
                    admin.requests::toString);
        }
    }

    @Test
    void anotherErrorIsNotTheUsersMistake() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(503, "{\"error\":\"busy\"}")) {
            assertEquals(new Outcome(ExitCode.FATAL, "", "sluice: busy\n"), top(admin));
        }
    }

    @ParameterizedTest
    @CsvSource({"--sort, rate, 'is not a field to sort by; allowed: bytes_owned, bytes'",
        "--interval, 100ms, is not a time from 200ms", "--interval, 1h, is not a time from 200ms",
        "--interval, 0s, is not a time from 200ms"})
    void wrongOptionsSayWhatIsAllowed(String option, String value, String message) throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp()) {
            Outcome outcome = top(admin, option, value);
            assertEquals(ExitCode.USAGE, outcome.code());
            assertTrue(
                    outcome.err().startsWith("Invalid value for option '" + option + "': '" + value + "' " + message),
                    outcome.err());
        }
    }
}
