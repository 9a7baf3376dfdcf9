package dev.sluice.dist;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.net.httpserver.SimpleFileServer;
import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The documentation in the unpacked tarball, and what its readers do with it: the tour of README, and embedding on both paths. */
class DocumentationIT {
    private static final Pattern FILE = Pattern.compile("(?ms)^`([^`\n]+)`:\n```\\w+\n(.*?)^```$");

    @TempDir
    Path directory;

    @Test
    void theTarballHasThePagesOfTheSources() throws IOException {
        Path docs = TestingInstallation.get().home().resolve("docs");
        assertEquals(pages(Path.of("src/dist/docs")), pages(docs));
        assertEquals(-1, Files.mismatch(Path.of("src/dist/README.md"), docs.resolveSibling("README.md")));
    }

    private static Set<String> pages(Path docs) throws IOException {
        try (Stream<Path> files = Files.walk(docs)) {
            return files.filter(file -> file.toString().matches(".*\\.(md|svg)"))
                    .map(file -> docs.relativize(file).toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    @Test
    void theTourOfTheReadmeLeadsToItsEnd() throws Exception {
        Page tour = Page.readme().section("Five minutes with the daemon");
        List<String> blocks = tour.blocks("sh");
        assertTrue(blocks.getFirst().contains("\ncd /tmp/sluice\n"), "it begins by unpacking the tarball");
        String script = "set -eu\n" + String.join("", blocks.subList(1, blocks.size()));
        TestingInstallation installation = TestingInstallation.unpack(directory);
        var upstream = SimpleFileServer.createFileServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                installation.home().resolve("docs"), SimpleFileServer.OutputLevel.NONE);
        upstream.start();
        try {
            // Not every machine has Python, and the ports of the tour may be taken.
            String python = "python3 -m http.server 8081 --directory docs &\n";
            assertTrue(script.contains(python));
            script = script.replace(python, "sleep 600 &\n");
            Path conf = installation.home().resolve("conf/sluice.yaml");
            String yaml = Files.readString(conf);
            for (String port : List.of("8080", "8081", "9901")) {
                String other = String.valueOf(port.equals("8081") ? upstream.getAddress().getPort() : freePort());
                script = script.replace(":" + port, ":" + other);
                yaml = yaml.replace(":" + port, ":" + other);
            }
            Files.writeString(conf, yaml);
            String said = run(script, installation.home(), installation);
            for (String promised : List.of("OK conf/sluice.yaml", "sluice ready edge=127.0.0.1:", "# Glossary",
                    "\"listeners\":[{\"name\":\"edge\"", "maxConnections 1000 → 2000", "applied as generation 2",
                    "\"read_buffer\":65536", "\"close_reason\":\"")) {
                assertTrue(said.contains(promised), () -> promised + " is missing in:\n" + said);
            }
        } finally {
            upstream.stop(0);
        }
    }

    private static Set<String> names(Path where) throws IOException {
        try (Stream<Path> files = Files.list(where)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void embeddingWorksOnTheClassPathAndOnTheModulePath() throws Exception {
        Page page = Page.of("embedding.md");
        Path work = Files.createDirectory(directory.resolve("work"));
        for (MatchResult file : FILE.matcher(page.text()).results().toList()) {
            Path target = work.resolve(file.group(1));
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.group(2));
        }
        assertEquals(Set.of("logback.xml", "src"), names(work));
        String said = run("set -eu\n" + String.join("", page.blocks("sh")), work, TestingInstallation.get());
        assertEquals(2, Pattern.compile("(?m)^listening on /127\\.0\\.0\\.1:\\d+, 0 connections\nclosed$").matcher(said)
                .results().count(), said);
        assertEquals(2, Pattern.compile("transport epoll").matcher(said).results().count(), said);
        assertTrue(!said.contains("DEBUG"), said);
    }

    /** Runs a script by bash, as a reader would, and returns everything that it has said. */
    private String run(String script, Path where, TestingInstallation installation) throws Exception {
        Path output = directory.resolve("output");
        ProcessBuilder shell = new ProcessBuilder("bash", "-c", script).directory(where.toFile())
                .redirectErrorStream(true).redirectOutput(output.toFile());
        shell.environment().put("SLUICE", installation.home().toString());
        shell.environment().put("PATH",
                Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
        Process process = shell.start();
        boolean ended = process.waitFor(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        assertTrue(ended, said);
        assertEquals(0, process.exitValue(), said);
        return said;
    }
}
