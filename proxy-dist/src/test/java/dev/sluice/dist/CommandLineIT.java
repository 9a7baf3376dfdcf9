package dev.sluice.dist;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The output of each command, its stream, and its exit code. */
class CommandLineIT {
    private static final String GOOD = """
            listeners:
              - { name: edge, listen: "127.0.0.1:0", cluster: app }
            clusters:
              - name: app
                endpoints: [ { address: "127.0.0.1:9" } ]
            """;
    private static final String BAD = """
            listeners:
              - { name: edge, listen: "127.0.0.1:0", cluster: nowhere }
            clusters:
              - name: app
                endpoints: [ { address: "127.0.0.1:9" } ]
            lisssteners: []
            """;

    @TempDir
    Path directory;

    @Test
    void versionTellsProxyJavaAndTransport() throws Exception {
        try (TestingDaemon version = TestingDaemon.sluice("version").start()) {
            assertEquals(ExitCode.CLEAN, version.exitCode());
            assertEquals(List.of(), version.err());
            assertEquals(3, version.out().size(), version::toString);
            assertEquals("sluice " + System.getProperty("sluice.version"), version.out().get(0));
            assertTrue(version.out().get(1).startsWith("java 25"), version::toString);
            assertEquals("transport epoll", version.out().get(2));
        }
    }

    /**
     * Those that the transport needs at each start are linked into the Java of the tarball; JDK-8310831 keeps them out
     * of the archive.
     */
    @Test
    void formsOfMethodHandlesNeedNotBeWritten() throws Exception {
        try (TestingDaemon version = TestingDaemon.sluice("version")
                .environment("SLUICE_OPTS", "-Djava.lang.invoke.MethodHandle.TRACE_RESOLVE=true").start()) {
            assertEquals(ExitCode.CLEAN, version.exitCode());
            assertTrue(version.out().stream().anyMatch(line -> line.endsWith("(success)")), version::toString);
            assertTrue(version.out().stream().noneMatch(line -> line.endsWith("(fail)")), version::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "run --help", "check -h", "plugins --help"})
    void helpGoesToStandardOutput(String arguments) throws Exception {
        try (TestingDaemon help = TestingDaemon.sluice(arguments.split(" ")).start()) {
            assertEquals(ExitCode.CLEAN, help.exitCode());
            assertEquals(List.of(), help.err());
            assertTrue(help.out().getFirst().startsWith("Usage: sluice"), help::toString);
        }
    }

    static Stream<List<String>> wrong() {
        return Stream.of(List.of(), List.of("run"), List.of("check"), List.of("zzz"),
                List.of("version", "loudly"), List.of("plugins", "mine"), List.of("plugins", "-c"),
                List.of("run", "-c"), List.of("run", "-c", "a.yaml", "-c", "b.yaml"),
                List.of("run", "-c", "a.yaml", "--log-format", "xml"),
                List.of("run", "-c", "a.yaml", "--log-level", "loud"),
                List.of("check", "@a.yaml"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void wrongUsageIsExplained(List<String> arguments) throws Exception {
        try (TestingDaemon wrong = TestingDaemon.sluice(arguments.toArray(String[]::new)).start()) {
            assertEquals(ExitCode.USAGE, wrong.exitCode(), wrong::toString);
            assertEquals(List.of(), wrong.out());
            assertTrue(wrong.err().stream().anyMatch(line -> line.startsWith("Usage: sluice")), wrong::toString);
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"SLUICE_LOG_FORMAT, xml, \"'xml' is neither text nor json\"",
        "SLUICE_LOG_LEVEL, loud, \"'loud' is not one of error, warn, info, debug, trace\""})
    void wrongEnvironmentIsWrongUsage(String variable, String value, String problem) throws Exception {
        try (TestingDaemon wrong = TestingDaemon.sluice("run", "-c", "a.yaml").environment(variable, value).start()) {
            assertEquals(ExitCode.USAGE, wrong.exitCode(), wrong::toString);
            assertEquals("Invalid value for environment variable " + variable + ": " + problem, wrong.err().getFirst());
            assertTrue(wrong.err().stream().anyMatch(line -> line.startsWith("Usage: sluice run")), wrong::toString);
        }
    }

    @Test
    void anOptionTakesPrecedenceOverTheEnvironment() throws Exception {
        String missing = directory.resolve("missing.yaml").toString();
        try (TestingDaemon refused = TestingDaemon.sluice("run", "-c", missing, "--log-level=error")
                .environment("SLUICE_LOG_LEVEL", "loud").start()) {
            assertEquals(ExitCode.CONFIGURATION, refused.exitCode(), refused::toString);
        }
    }

    @Test
    void schemaTellsEditorsOfTheBuiltInFilters() throws Exception {
        try (TestingDaemon schema = TestingDaemon.sluice("schema").start()) {
            assertEquals(ExitCode.CLEAN, schema.exitCode(), schema::toString);
            assertEquals(List.of(), schema.err());
            assertEquals("{", schema.out().getFirst());
            assertEquals("}", schema.out().getLast());
            String text = String.join("\n", schema.out());
            for (String type : List.of("acl", "rate-limit", "sniff")) {
                assertTrue(text.contains("\"const\" : \"" + type + "\""), text);
            }
        }
        try (TestingDaemon refused = TestingDaemon.sluice("schema", "-c", directory.resolve("none").toString())
                .start()) {
            assertEquals(ExitCode.CONFIGURATION, refused.exitCode(), refused::toString);
            assertEquals(List.of(), refused.out());
            assertTrue(refused.err().getFirst().contains("no such file"), refused::toString);
        }
    }

    @Test
    void checkAcceptsInOneLine() throws Exception {
        Path file = Files.writeString(directory.resolve("good.yaml"), GOOD);
        try (TestingDaemon check = TestingDaemon.sluice("check", "-c", file.toString()).start()) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
            assertEquals(List.of("OK " + file + ": 1 listener, 1 cluster, 0 warnings"), check.out());
            assertEquals(List.of(), check.err());
        }
    }

    @Test
    void aRelativeFileIsThatOfTheWorkingDirectory() throws Exception {
        Files.writeString(directory.resolve("good.yaml"), GOOD);
        try (TestingDaemon check = TestingDaemon.sluice("check", "--config=good.yaml").directory(directory).start()) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "run"})
    void aBadConfigurationIsRefusedWithAllItsProblems(String command) throws Exception {
        Path file = Files.writeString(directory.resolve("bad.yaml"), BAD);
        try (TestingDaemon refused = TestingDaemon.sluice(command, "-c", file.toString()).start()) {
            assertEquals(ExitCode.CONFIGURATION, refused.exitCode(), refused::toString);
            assertEquals(List.of(), refused.out());
            assertTrue(refused.err().stream().anyMatch(line -> line.startsWith(file + ":2:")), refused::toString);
            assertTrue(refused.err().stream().anyMatch(line -> line.startsWith(file + ":6:")), refused::toString);
            long problems = refused.err().stream().filter(line -> line.startsWith(file + ":")).count();
            assertEquals(problems + " problems in " + file, refused.err().getLast());
        }
    }

    @Test
    void withJsonARefusalIsJsonToo() throws Exception {
        Path file = Files.writeString(directory.resolve("bad.yaml"), BAD);
        try (TestingDaemon refused = TestingDaemon.sluice("run", "-c", file.toString(), "--log-format=json").start()) {
            assertEquals(ExitCode.CONFIGURATION, refused.exitCode(), refused::toString);
            assertTrue(refused.err().size() >= 3, refused::toString);
            assertTrue(
                    refused.err().stream().allMatch(line -> line.startsWith("{\"timestamp\":") && line.endsWith("}")),
                    refused::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "run", "plugins"})
    void aMissingFileIsNamed(String command) throws Exception {
        String file = directory.resolve("missing.yaml").toString();
        try (TestingDaemon refused = TestingDaemon.sluice(command, "-c", file).start()) {
            assertEquals(ExitCode.CONFIGURATION, refused.exitCode(), refused::toString);
            assertEquals(List.of(), refused.out());
            assertTrue(refused.err().getFirst().contains(file), refused::toString);
        }
    }

    @Test
    void aPortInUseIsFatalAndNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(directory.resolve("taken.yaml"),
                    GOOD.replace("127.0.0.1:0", "127.0.0.1:" + taken.getLocalPort()));
            try (TestingDaemon fatal = TestingDaemon.sluice("run", "-c", file.toString()).start()) {
                assertEquals(ExitCode.FATAL, fatal.exitCode(), fatal::toString);
                assertEquals(List.of(), fatal.out());
                assertTrue(fatal.err().getLast().startsWith("sluice: "), fatal::toString);
            }
        }
    }
}
