package dev.sluice.dist;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.example.redisdeny.RedisDenyProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The image for containers: what is in it, and that it serves from a root directory that nobody can write. */
class ImageIT {
    private static final long MEBIBYTE = 1 << 20;
    private static final String ARCHIVE = "/opt/sluice/lib/sluice.jsa";

    private static TestingImage image;

    /** What is mounted at {@code /etc/sluice}. */
    @TempDir
    private Path config;

    @BeforeAll
    static void make() throws Exception {
        image = TestingImage.make();
    }

    @AfterAll
    static void delete() throws IOException {
        if (image != null) {
            image.close();
        }
    }

    @BeforeEach
    void letItsUserRead() throws IOException {
        Files.setPosixFilePermissions(config, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void itsConfigurationIsThatOfTheContainerfile() throws Exception {
        JsonNode configuration = image.configuration();
        String file = Files.readString(TestingInstallation.get().home().resolve("container/Containerfile"));
        for (String instruction : List.of("USER " + configuration.get("User").asString(),
                "WORKDIR " + configuration.get("WorkingDir").asString(),
                "STOPSIGNAL " + configuration.get("StopSignal").asString(),
                "ENTRYPOINT " + configuration.get("Entrypoint").toString().replace(",", ", "),
                "CMD " + configuration.get("Cmd").toString().replace(",", ", "),
                "ENV " + configuration.get("Env").valueStream().map(JsonNode::asString)
                        .collect(Collectors.joining(" ")))) {
            assertTrue(file.contains("\n" + instruction + "\n"), instruction);
        }
        assertEquals("65532:65532", configuration.get("User").asString());
        assertEquals("SIGTERM", configuration.get("StopSignal").asString());
        assertEquals(System.getProperty("sluice.version"),
                configuration.get("Labels").get("org.opencontainers.image.version").asString());
        assertEquals("Sluice", configuration.get("Labels").get("org.opencontainers.image.title").asString());
    }

    @Test
    void itHasNoShellAndNothingElseToStart() throws Exception {
        Set<String> programs = new TreeSet<>();
        try (Stream<Path> files = Files.walk(image.root())) {
            for (Path file : files.filter(path -> Files.isRegularFile(path) && !Files.isSymbolicLink(path)).toList()) {
                if (Files.isExecutable(file)) {
                    programs.add(image.root().relativize(file).toString().replaceFirst("/[a-z0-9_]+-linux-gnu/", "/"));
                }
                assertEquals(0, (int) Files.getAttribute(file, "unix:mode") & 06022,
                        () -> file + " may be changed, or gives rights");
                assertEquals(0, (int) Files.getAttribute(file, "unix:uid"), file::toString);
            }
        }
        programs.removeIf(name -> name.matches("usr/lib/ld-linux.*\\.so\\..*"));
        assertEquals(Set.of("opt/sluice/jre/bin/java", "opt/sluice/jre/bin/jfr", "opt/sluice/jre/bin/jwebserver",
                "opt/sluice/jre/bin/keytool", "opt/sluice/jre/lib/jexec", "opt/sluice/jre/lib/jspawnhelper",
                "usr/lib/libc.so.6"), programs);
    }

    @Test
    void itIsSmallAndSaysWhatIsInIt() throws Exception {
        System.out.printf("image: %.1f MiB compressed, %.1f MiB unpacked%n",
                (double) image.compressedBytes() / MEBIBYTE, (double) image.unpackedBytes() / MEBIBYTE);
        assertTrue(image.compressedBytes() <= 130 * MEBIBYTE, image.compressedBytes() + " bytes");
        assertEquals(-1, Files.mismatch(TestingInstallation.get().home().resolve("legal/sbom.json"),
                image.root().resolve("opt/sluice/legal/sbom.json")));
        for (String name : Files
                .readAllLines(TestingInstallation.get().home().resolve("container/packages"))) {
            String status = Files.readString(image.root().resolve("var/lib/dpkg/status.d").resolve(name));
            assertTrue(status.startsWith("Package: " + name + "\n") && status.contains("\nVersion: "), status);
            assertTrue(Files.isRegularFile(image.root().resolve("usr/share/doc").resolve(name).resolve("copyright")),
                    name);
        }
        String authorities = Files.readString(image.root().resolve("etc/ssl/certs/ca-certificates.crt"));
        assertTrue(authorities.split("-----BEGIN CERTIFICATE-----", -1).length > 100, "authorities");
    }

    @Test
    void itServesUntilTermAndLetsConnectionsEnd() throws Exception {
        try (TestingEcho echo = new TestingEcho()) {
            echo.configuration(config.resolve("sluice.yaml"), "127.0.0.1:0", "30s");
            long start = System.nanoTime();
            try (TestingDaemon daemon = image.container("run", "-c", "/etc/sluice/sluice.yaml").config(config)
                    .start(); Socket client = TestingEcho.connect(daemon.address("edge"))) {
                System.out.printf("image: first byte through the proxy after %d ms, mounts included%n",
                        (System.nanoTime() - start) / 1_000_000);
                Path process = Path.of("/proc/" + daemon.pid());
                assertEquals(image.root().resolve("opt/sluice/jre/bin/java"),
                        Files.readSymbolicLink(process.resolve("exe")));
                assertTrue(
                        Files.readString(process.resolve("status")).contains("\nUid:\t65532\t65532\t65532\t65532\n"));
                assertTrue(Files.readString(process.resolve("maps")).contains(ARCHIVE));
                daemon.signal("TERM");
                daemon.awaitError("SIGTERM: draining");
                TestingEcho.exchange(client);
                client.close();
                assertEquals(ExitCode.CLEAN, daemon.exitCode(), daemon::toString);
            }
        }
    }

    @Test
    void itStartsFromItsArchive() throws Exception {
        try (TestingDaemon version = image.container("version").jvmOption("-Xlog:class+load").start()) {
            assertEquals(ExitCode.CLEAN, version.exitCode(), version::toString);
            for (String name : List.of("java.lang.Object", "dev.sluice.dist.Main", "dev.sluice.runtime.ProxyServer",
                    "ch.qos.logback.classic.LoggerContext", "picocli.CommandLine")) {
                assertTrue(
                        version.out().stream()
                                .anyMatch(line -> line.contains(" " + name + " source: shared objects file")),
                        name + " does not come from the start archive");
            }
        }
    }

    @Test
    void theHeapHasTheLimitThatTheStartScriptWouldGiveIt() throws Exception {
        // MaxRAM stands for the memory of a container.
        for (Map.Entry<String, Long> limit : Map.of("64g", 512L, "1g", 256L, "256m", 64L, "128m", 32L, "48m", 16L)
                .entrySet()) {
            try (TestingDaemon version = image.container("version").jvmOption("-XX:MaxRAM=" + limit.getKey())
                    .jvmOption("-XX:+PrintFlagsFinal").start()) {
                String flag = version.awaitError(" MaxHeapSize ");
                assertEquals(limit.getValue() * MEBIBYTE, Long.parseLong(flag.replaceFirst(".*= *([0-9]+) .*", "$1")),
                        limit.getKey());
                assertEquals(ExitCode.CLEAN, version.exitCode());
            }
        }
    }

    @Test
    void anyUserMayRunItAndFilesMayHaveAnyName() throws Exception {
        Files.writeString(config.resolve("Größe.yaml"), """
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """);
        try (TestingDaemon check = image.container("check", "-c", "/etc/sluice/Größe.yaml").config(config).user(4711)
                .start()) {
            assertEquals(ExitCode.CLEAN, check.exitCode(), check::toString);
            assertEquals(List.of("OK /etc/sluice/Größe.yaml: 1 listener, 1 cluster, 0 warnings"), check.out());
        }
    }

    @Test
    void itSaysWhatItMisses() throws Exception {
        try (TestingDaemon daemon = image.container("run", "-c", "/etc/sluice/sluice.yaml").start()) {
            assertEquals(ExitCode.CONFIGURATION, daemon.exitCode(), daemon::toString);
            assertEquals("/etc/sluice/sluice.yaml: cannot read the file: no such file or directory",
                    daemon.err().getFirst());
        }
        Files.writeString(config.resolve("sluice.yaml"), "listeners: 1");
        try (TestingDaemon daemon = image.container("run", "-c", "/etc/sluice/sluice.yaml").config(config).start()) {
            assertEquals(ExitCode.CONFIGURATION, daemon.exitCode(), daemon::toString);
            assertTrue(daemon.err().getFirst().startsWith("/etc/sluice/sluice.yaml:1:"), daemon::toString);
        }
    }

    @Test
    void pluginsAreMounted() throws Exception {
        Path plugins = Files.createDirectory(config.resolve("plugins"));
        Path jar = Path.of(RedisDenyProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        Files.copy(jar, plugins.resolve("redis-deny.jar"));
        try (TestingDaemon list = image.container("plugins").plugins(plugins).start()) {
            assertEquals(ExitCode.CLEAN, list.exitCode(), list::toString);
            assertTrue(list.out().stream().anyMatch(line -> line.startsWith("redis-deny ")),
                    () -> list.err().toString());
        }
        assertFalse(Files.exists(image.root().resolve("opt/sluice/plugins/redis-deny.jar")));
    }
}
