package dev.sluice.dist;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Conditions at the launch that {@code bin/sluice} must cope with: shells, descriptors, locales, variables,
 * directories.
 */
class LauncherIT {
    private static final String SLUICE = TestingInstallation.get().sluice();

    @TempDir
    Path directory;

    /** The shells of this machine that may be {@code /bin/sh} on another one, and its own. */
    static Stream<String> shells() throws IOException {
        Map<Path, String> shells = new LinkedHashMap<>();
        for (String shell : List.of("sh", "dash", "bash", "busybox sh", "ksh")) {
            Path program = Path.of("/bin").resolve(shell.split(" ", 2)[0]);
            if (Files.isExecutable(program)) {
                // sh is a link to another one, mostly.
                shells.put(program.toRealPath(), shell);
            }
        }
        return shells.values().stream();
    }

    /** A shell command that ends with {@code exec "$@"}, and what it launches. */
    private static TestingDaemon.Launch after(String shellCommand, Stream<String> launched) {
        return new TestingDaemon.Launch(
                Stream.concat(Stream.of("sh", "-c", shellCommand + "; exec \"$@\"", "sh"), launched).toList());
    }

    private static Stream<String> with(String shell, String... arguments) {
        return Stream.of(Arrays.stream(shell.split(" ")), Stream.of(SLUICE), Arrays.stream(arguments))
                .flatMap(part -> part);
    }

    private Path configuration(String listen) throws IOException {
        return Files.writeString(directory.resolve("c.yaml"), """
                listeners: [ { name: edge, listen: "%s", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """.formatted(listen));
    }

    @Test
    void leavesOpenDescriptorsToTheirOwner() throws Exception {
        List<Integer> numbers = IntStream.rangeClosed(3, 9).boxed().toList();
        StringBuilder open = new StringBuilder("cd " + directory);
        numbers.forEach(number -> open.append("; exec ").append(number).append(">file").append(number));
        try (TestingDaemon daemon = after(open.toString(),
                Stream.of(SLUICE, "run", "-c", configuration("127.0.0.1:0").toString())).start()) {
            daemon.ready();
            for (int number : numbers) {
                assertEquals(directory.toRealPath().resolve("file" + number).toString(), daemon.descriptor(number));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shells")
    void closedStandardStreamsAreNobodysSockets(String shell) throws Exception {
        for (String closed : List.of("exec <&- >&- 2>&-", "exec 2>&-")) {
            Path socket = directory.resolve("edge.sock");
            try (TestingDaemon daemon = after(closed,
                    with(shell, "run", "-c", configuration("unix:" + socket).toString())).start()) {
                awaitServing(socket, daemon);
                for (int number : closed.contains("<&-") ? List.of(0, 1, 2) : List.of(2)) {
                    assertEquals("/dev/null", daemon.descriptor(number), closed + ", descriptor " + number);
                }
                daemon.signal("TERM");
                assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
            }
        }
    }

    @Test
    void saysWhenDescriptorsDoNotSufficeForAStart() throws Exception {
        try (TestingDaemon check = after("ulimit -n 40",
                Stream.of(SLUICE, "check", "-c", configuration("127.0.0.1:0").toString())).start()) {
            assertEquals(ExitCode.FATAL, check.exitCode(), check::toString);
            assertTrue(check.toString().contains("Raise the limit to at least"), check::toString);
        }
    }

    private static void awaitServing(Path socket, TestingDaemon daemon) {
        long deadline = System.nanoTime() + TestingDaemon.LIMIT.toNanos();
        while (true) {
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(socket));
                return;
            } catch (IOException e) {
                assertTrue(daemon.isAlive() && System.nanoTime() < deadline, () -> e + "; " + daemon);
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shells")
    void startsInADirectoryThatWasDeleted(String shell) throws Exception {
        String gone = "mkdir " + directory + "/gone; cd " + directory + "/gone; rmdir " + directory + "/gone";
        try (TestingDaemon check = after(gone, with(shell, "check", "-c", configuration("127.0.0.1:0").toString()))
                .start()) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
            // The shell may have its say on that, but not Java.
            assertTrue(check.err().stream().noneMatch(line -> line.contains("java")), check::toString);
        }
    }

    @ParameterizedTest
    @CsvSource({"LC_ALL, C", "LC_ALL, xx_YY.UTF-8", "LC_CTYPE, POSIX", "LANG, xx_YY.ISO-8859-1"})
    void fileNamesAreUtf8WhateverTheLocaleIs(String variable, String locale) throws Exception {
        Path home = Files.createDirectory(directory.resolve("Größe 大小"));
        Files.createDirectory(home.resolve("plügins"));
        Path log = home.resolve("zugänge.log");
        Path file = Files.writeString(home.resolve("ä.yaml"), """
                accessLog: { path: "%s" }
                plugins: { directory: "%s" }
                listeners: [ { name: edge, listen: "unix:%s", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """.formatted(log, home.resolve("plügins"), home.resolve("ü.sock")));
        try (TestingDaemon daemon = TestingDaemon.sluice("run", "-c", file.toString()).emptyEnvironment()
                .environment("LANG", "C").environment("LANGUAGE", "de").environment(variable, locale).start()) {
            assertTrue(daemon.ready().contains("/%C3%BC.sock"), daemon::toString);
            assertTrue(Files.exists(home.resolve("ü.sock")));
            assertTrue(Files.exists(log));
            assertTrue(daemon.awaitError("Serving ").endsWith(file.toString()), daemon::toString);
            assertTrue(environment(daemon).stream().noneMatch(entry -> entry.startsWith("LANGUAGE=")));
        }
    }

    private static List<String> environment(TestingDaemon daemon) throws IOException {
        return List.of(Files.readString(Path.of("/proc/" + daemon.pid() + "/environ")).split("\0"));
    }

    @Test
    void anEmptyVariableIsNone() throws Exception {
        TestingDaemon.Launch launch = TestingDaemon.sluice("run", "-c", configuration("127.0.0.1:0").toString());
        for (String name : List.of("SLUICE_LOG_FORMAT", "SLUICE_LOG_LEVEL", "SLUICE_OPTS", "LC_ALL", "LANG", "PATH",
                "CDPATH")) {
            launch.environment(name, "");
        }
        try (TestingDaemon daemon = launch.start()) {
            daemon.ready();
            assertTrue(daemon.awaitError("Serving ").contains(" INFO "), daemon::toString);
        }
    }

    @Test
    void optionsForTheJvmAreSplitAtBlanksAndNotExpanded() throws Exception {
        try (TestingDaemon version = TestingDaemon.sluice("version").directory(Path.of("/"))
                .environment("SLUICE_OPTS", "  -Xlog:disable\n-Dstar=*\t-Dquote='a\" -XshowSettings:properties ")
                .start()) {
            assertEquals(ExitCode.CLEAN, version.exitCode(), version::toString);
            List<String> lines = new ArrayList<>(version.out());
            lines.addAll(version.err());
            assertTrue(lines.contains("    star = *"), version::toString);
            assertTrue(lines.contains("    quote = 'a\""), version::toString);
        }
    }
}
