package dev.sluice.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The tarball in all the places and ways in which people unpack and start it. */
class InstallationIT {
    private static final TestingInstallation SHARED = TestingInstallation.get();
    private static final String NOBODY = "65534";

    @TempDir
    Path directory;

    @Test
    void holdsWhatItPromises() throws IOException {
        assertEquals(
                new TreeSet<>(Set.of("README.md", "bin", "conf", "container", "docs", "jre", "legal", "lib", "plugins",
                        "share", "systemd")),
                names(SHARED.home()));
        assertTrue(Files.isExecutable(SHARED.home().resolve("bin/sluice")));
        assertTrue(Files.isExecutable(SHARED.home().resolve("jre/lib/jspawnhelper")));
        assertEquals(Set.of("jvm.options", "sluice.yaml"), names(SHARED.home().resolve("conf")));
        assertEquals(Set.of("README.txt"), names(SHARED.home().resolve("plugins")));
        String api = "proxy-api-" + System.getProperty("sluice.version");
        assertEquals(new TreeSet<>(Set.of(api + "-javadoc.jar", api + "-sources.jar")),
                names(SHARED.home().resolve("docs/api")));
        assertEquals("rw-r--r--",
                PosixFilePermissions
                        .toString(Files.getPosixFilePermissions(SHARED.home().resolve("conf/sluice.yaml"))));
    }

    @Test
    void theSuppliedConfigurationIsAccepted() throws Exception {
        try (TestingDaemon check = TestingDaemon.sluice("check", "-c", "conf/sluice.yaml").directory(SHARED.home())
                .start()) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
            assertEquals(List.of(), check.err());
        }
    }

    @Test
    void theSuppliedConfigurationServes() throws Exception {
        // Its own ports may be taken on the machine of the test, so each becomes any.
        String yaml = Files.readString(SHARED.home().resolve("conf/sluice.yaml"));
        String anyPort = yaml.replaceAll("listen: \"127\\.0\\.0\\.1:\\d+\"", "listen: \"127.0.0.1:0\"");
        assertFalse(anyPort.equals(yaml));
        try (TestingDaemon daemon = TestingDaemon
                .serving(Files.writeString(directory.resolve("sluice.yaml"), anyPort))) {
            daemon.signal("TERM");
            assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
        }
    }

    @Test
    void needsNoEnvironment() throws Exception {
        Path file = Files.writeString(Files.createDirectory(directory.resolve("Größe")).resolve("ä.yaml"), """
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """);
        try (TestingDaemon check = TestingDaemon.sluice("check", "-c", file.toString()).emptyEnvironment().start()) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
        }
    }

    @Test
    void needsNoPathAndNoJavaOfTheMachine() throws Exception {
        TestingDaemon.Launch launch = TestingDaemon.sluice("version").environment("PATH", "")
                .environment("JAVA_HOME", "/nowhere")
                .environment("JAVA_TOOL_OPTIONS", "-Dpicked=up").environment("JDK_JAVA_OPTIONS", "-Dpicked=up")
                .environment("_JAVA_OPTIONS", "-Dpicked=up").environment("CLASSPATH", "/nowhere");
        try (TestingDaemon version = launch.start()) {
            assertEquals(ExitCode.CLEAN, version.exitCode(), version::toString);
            assertEquals(List.of(), version.err());
        }
    }

    @Test
    void theProcessIsTheOneThatWasStarted() throws Exception {
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = TestingDaemon
                        .serving(echo.configuration(directory.resolve("c.yaml"), "127.0.0.1:0", "30s"))) {
            assertEquals(SHARED.home().resolve("jre/bin/java"),
                    Files.readSymbolicLink(Path.of("/proc/" + daemon.pid() + "/exe")));
        }
    }

    @Test
    void startsThroughSymbolicLinks() throws Exception {
        Path absolute = Files.createSymbolicLink(directory.resolve("absolute"), Path.of(SHARED.sluice()));
        Path relative = Files.createSymbolicLink(Files.createDirectory(directory.resolve("bin")).resolve("sluice"),
                Path.of("../absolute"));
        for (TestingDaemon.Launch launch : List.of(TestingDaemon.command(absolute.toString(), "version"),
                TestingDaemon.command(relative.toString(), "version"),
                TestingDaemon.command("./absolute", "version").directory(directory),
                TestingDaemon.command("sh", "absolute", "version").directory(directory))) {
            try (TestingDaemon version = launch.start()) {
                assertEquals(ExitCode.CLEAN, version.exitCode(), version::toString);
            }
        }
        // JUnit would warn that they lead out of the directory it deletes.
        Files.delete(relative);
        Files.delete(absolute);
    }

    @Test
    void startsQuicklyFromAnyDirectory() throws Exception {
        TestingInstallation elsewhere = TestingInstallation
                .unpack(Files.createDirectory(directory.resolve("a b'c\"d $e\nf")));
        Path log = directory.resolve("classes");
        try (TestingDaemon version = TestingDaemon.command(elsewhere.sluice(), "version")
                .environment("SLUICE_OPTS", "-Xlog:class+load:file=" + log).start()) {
            assertEquals(ExitCode.CLEAN, version.exitCode(), version::toString);
        }
        List<String> loaded = Files.readAllLines(log);
        for (String name : List.of("java.lang.Object", "dev.sluice.dist.Main", "dev.sluice.runtime.ProxyServer",
                "ch.qos.logback.classic.LoggerContext", "picocli.CommandLine")) {
            assertTrue(loaded.stream().anyMatch(line -> line.contains(" " + name + " source: shared objects file")),
                    name + " does not come from the start archive");
        }
    }

    @Test
    void worksSilentlyWithoutItsStartArchive() throws Exception {
        TestingInstallation installation = TestingInstallation.unpack(directory);
        for (String reason : List.of("touched", "truncated", "missing")) {
            Path archive = installation.home().resolve("lib/sluice.jsa");
            switch (reason) {
                case "touched" -> {
                    try (Stream<Path> lib = Files.list(archive.getParent())) {
                        Files.setLastModifiedTime(
                                lib.filter(file -> file.toString().contains("logback-core")).findAny().orElseThrow(),
                                FileTime.from(Instant.EPOCH));
                    }
                }
                case "truncated" -> Files.write(archive, new byte[1000]);
                default -> Files.delete(archive);
            }
            try (TestingDaemon version = TestingDaemon.command(installation.sluice(), "version").start()) {
                assertEquals(ExitCode.CLEAN, version.exitCode(), reason);
                assertEquals(List.of(), version.err(), reason);
                assertEquals(3, version.out().size(), reason);
            }
        }
    }

    @Test
    void startsWhereNothingCanBeWritten() throws Exception {
        TestingInstallation installation = TestingInstallation.unpack(directory);
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // Modes do not stop root.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            command.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        Set<Path> before = tree(installation.home());
        setWritable(installation.home(), false);
        try {
            command.addAll(List.of(installation.sluice(), "version"));
            try (TestingDaemon version = new TestingDaemon.Launch(command).start()) {
                assertEquals(ExitCode.CLEAN, version.exitCode(), version::toString);
                assertEquals(List.of(), version.err());
            }
        } finally {
            setWritable(installation.home(), true);
        }
        assertEquals(before, tree(installation.home()));
    }

    @Test
    void theRuntimeHoldsModulesOfTheJdkOnly() throws Exception {
        try (TestingDaemon java = TestingDaemon
                .command(SHARED.home().resolve("jre/bin/java").toString(), "--list-modules").start()) {
            assertEquals(0, java.exitCode(), java::toString);
            Set<String> modules = java.out().stream().map(line -> line.replaceFirst("@.*", ""))
                    .collect(Collectors.toSet());
            assertTrue(modules.stream().allMatch(name -> name.startsWith("java.") || name.startsWith("jdk.")),
                    modules::toString);
            assertTrue(
                    modules.containsAll(Set.of("java.base", "java.management", "jdk.httpserver", "jdk.net", "jdk.jfr")),
                    modules::toString);
            assertFalse(modules.contains("java.desktop"), modules::toString);
            assertFalse(modules.contains("jdk.compiler"), modules::toString);
        }
    }

    @Test
    void everythingRunsOnTheModulePath() throws Exception {
        try (TestingDaemon version = TestingDaemon.sluice("version")
                .environment("SLUICE_OPTS", "--show-module-resolution").start()) {
            assertEquals(ExitCode.CLEAN, version.exitCode(), version::toString);
            List<String> resolution = version.out();
            for (String module : List.of("dev.sluice.dist", "dev.sluice.runtime", "dev.sluice.api",
                    "dev.sluice.filters", "org.slf4j.jdk.platform.logging",
                    "ch.qos.logback.classic", "info.picocli",
                    "com.google.guice", "io.netty.buffer", "tools.jackson.dataformat.yaml")) {
                assertTrue(
                        resolution.stream()
                                .anyMatch(line -> line.matches("(root|.* requires|.* binds) " + module + "( .*|$)")),
                        module + " is not resolved: " + version);
            }
        }
        // A jar that is no module, or a second one of the same module, would be an error here.
        try (TestingDaemon java = TestingDaemon.command(SHARED.home().resolve("jre/bin/java").toString(), "-p",
                SHARED.home().resolve("lib").toString(), "--validate-modules").start()) {
            assertEquals(0, java.exitCode(), java::toString);
        }
    }

    private static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<Path> tree(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.collect(Collectors.toSet());
        }
    }

    private static void setWritable(Path directory, boolean writable) throws IOException {
        for (Path file : tree(directory)) {
            if (!Files.isSymbolicLink(file)) {
                Set<PosixFilePermission> permissions = new HashSet<>(Files.getPosixFilePermissions(file));
                if (writable) {
                    permissions.add(PosixFilePermission.OWNER_WRITE);
                } else {
                    permissions.remove(PosixFilePermission.OWNER_WRITE);
                }
                Files.setPosixFilePermissions(file, permissions);
            }
        }
    }
}
