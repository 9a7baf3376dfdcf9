package dev.sluice.dist;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.sluice.api.Direction;
import dev.sluice.api.testkit.RecordedConnection;
import dev.sluice.api.testkit.Recording;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** {@code sluice capture} of the tarball, beside a daemon of it; the files are also read by tshark, where there is one. */
class CaptureIT {
    private static final String REQUEST = "GET /pages?of=sluice HTTP/1.1\r\nHost: site.example\r\n\r\n";

    private static final String BEGUN = "; Ctrl-C ends it";

    @TempDir
    Path directory;

    private TestingEcho echo;
    private TestingDaemon daemon;
    private String admin;
    private Path file;

    @BeforeEach
    void serve() throws Exception {
        echo = new TestingEcho();
        Path configuration = echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1s");
        String yaml = Files.readString(configuration);
        assertTrue(yaml.contains("admin: {"), yaml);
        Files.writeString(configuration, yaml.replaceFirst("admin: \\{", "admin: { capture: payload,"));
        daemon = TestingDaemon.serving(configuration);
        admin = "127.0.0.1:" + daemon.address("admin").getPort();
        file = directory.resolve("capture.pcapng");
    }

    @AfterEach
    void end() throws Exception {
        daemon.close();
        echo.close();
    }

    private TestingDaemon capture(String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("capture", "--admin", admin));
        arguments.addAll(List.of(options));
        return TestingDaemon.sluice(arguments.toArray(String[]::new)).start();
    }

    private void talk() throws Exception {
        try (Socket client = new Socket()) {
            client.connect(daemon.address("edge"));
            client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            assertEquals(REQUEST,
                    new String(client.getInputStream().readNBytes(REQUEST.length()), StandardCharsets.US_ASCII));
        }
    }

    private static String text(RecordedConnection connection, Direction direction) {
        return new String(connection.bytes(direction), StandardCharsets.US_ASCII);
    }

    /** Ctrl-C ends the capture, and the file is whole; it can be played to a filter. */
    @Test
    void fileIsCompleteAfterASignal() throws Exception {
        try (TestingDaemon capture = capture("-o", file.toString(), "--payload", "--where", "listener=edge")) {
            capture.awaitError(BEGUN);
            talk();
            capture.signal("INT");
            assertEquals(ExitCode.CLEAN, capture.exitCode(), capture::toString);
            assertTrue(
                    capture.err().getLast().contains("of 1 connections")
                            && capture.err().getLast().endsWith("ended: stopped"),
                    capture::toString);
        }
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        RecordedConnection recorded = Recording.read(file).connections().getFirst();
        assertTrue(text(recorded, Direction.CLIENT_TO_UPSTREAM).endsWith(REQUEST), recorded.notes()::toString);
        assertTrue(text(recorded, Direction.UPSTREAM_TO_CLIENT).endsWith(REQUEST));
        assertTrue(recorded.isComplete());
    }

    @Test
    void tsharkReadsIt() throws Exception {
        assumeTrue(Stream.of("/usr/bin", "/bin").anyMatch(at -> Files.isExecutable(Path.of(at, "tshark"))),
                "needs tshark, which is Debian's package tshark");
        try (TestingDaemon capture = capture("-o", file.toString(), "--payload", "--bytes", "4KiB", "--for", "1m")) {
            capture.awaitError(BEGUN);
            do {
                talk();
            } while (capture.isAlive());
            assertEquals(ExitCode.CLEAN, capture.exitCode());
            assertTrue(capture.err().getLast().endsWith("ended: full"), capture::toString);
        }
        assertTrue(Files.size(file) <= 4096 + 512, "" + Files.size(file));
        String requests = tshark("-Y", "http.request", "-T", "fields", "-e", "http.request.uri", "-e",
                "frame.interface_name");
        assertTrue(requests.startsWith("/pages?of=sluice\tclient\n/pages?of=sluice\tendpoint\n"), requests);
        // All sums are there and right, and no packet looks lost, repeated or out of order.
        assertEquals("", tshark("-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y",
                "tcp.checksum.status == 0 || ip.checksum.status == 0 || tcp.analysis.flags || _ws.malformed"));
    }

    private String tshark(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
        command.addAll(List.of(options));
        Process tshark = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String out = new String(tshark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(tshark.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, tshark.exitValue(), out);
        return out;
    }

    @Test
    void aPipeGetsTheFileAndMayEndIt() throws Exception {
        try (TestingDaemon capture = TestingDaemon.command("/bin/sh", "-c",
                "\"$0\" capture --admin \"$1\" --payload -o - | head -c 600 > \"$2\"; echo done",
                TestingInstallation.get().sluice(), admin,
                file.toString()).start()) {
            capture.awaitError(BEGUN);
            do {
                talk();
            } while (capture.isAlive());
            assertEquals(ExitCode.CLEAN, capture.exitCode());
            assertEquals(List.of("done"), capture.out());
        }
        assertEquals(600, Files.size(file));
        assertEquals(1, Recording.read(file).connections().size(), "what is cut off at the end is left out");
    }

    @Test
    void whatIsWrongIsSaid() throws Exception {
        Files.createFile(file);
        expect("exists; a capture overwrites nothing", "-o", file.toString());
        expect("where, ", "-o", directory.resolve("other").toString(), "--where", "listener=");
        expect("allowed: plain", "-o", directory.resolve("other").toString(), "--layer", "ip");
        expect("bytes", "-o", directory.resolve("other").toString(), "--bytes", "7");
        assertTrue(Files.notExists(directory.resolve("other")));
        Path configuration = directory.resolve("sluice.yaml");
        Files.writeString(configuration,
                Files.readString(configuration).replace("capture: payload", "capture: headers"));
        daemon.signal("HUP");
        daemon.awaitError("generation 2");
        expect("admin.capture: payload", "-o", directory.resolve("other").toString(), "--payload");
    }

    private void expect(String words, String... options) throws Exception {
        try (TestingDaemon capture = capture(options)) {
            assertEquals(ExitCode.USAGE, capture.exitCode(), capture::toString);
            assertTrue(capture.err().toString().contains(words), capture::toString);
        }
    }
}
