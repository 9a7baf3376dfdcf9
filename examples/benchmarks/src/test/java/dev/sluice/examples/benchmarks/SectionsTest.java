package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each section in its smallest form, with the proxy on virtual threads of {@code peers/} in place of all peers. */
class SectionsTest {
    private static final Pace SHORT = new Pace(2, 40, 40);
    private static final String STAND_IN = "stand-in";

    @TempDir
    private static Path classes;

    @TempDir
    private Path directory;

    private Report report;

    @BeforeAll
    static void compileTheStandIn() {
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, "-d", classes.toString(),
                "peers/VirtualThreadProxy.java"));
    }

    @BeforeEach
    void beginAReport() throws IOException {
        report = new Report(directory, Machine.ask(List.of(List.of(java(), "-version"))), false);
    }

    private static String java() {
        return System.getProperty("java.home") + "/bin/java";
    }

    private Peer.Launch standIn(int upstream) throws IOException {
        return standIn(STAND_IN, upstream);
    }

    private Peer.Launch standIn(String name, int upstream) throws IOException {
        int port = Peer.freePort();
        return new Peer.Launch(name, directory, port, Map.of(), List.of(java(), "-cp", classes.toString(),
                "VirtualThreadProxy", Integer.toString(port), Integer.toString(upstream),
                Integer.toString(Peer.freePort())));
    }

    /** The figures that the file has of a peer, one row for each of its turns; those that are missing are left out. */
    private List<List<Double>> figures(String file, String peer) throws IOException {
        return Files.readAllLines(directory.resolve(file)).stream().map(line -> List.of(line.split(",", -1)))
                .filter(cells -> cells.get(1).equals(peer))
                .map(cells -> cells.subList(3, cells.size()).stream().filter(cell -> !cell.isEmpty())
                        .map(Double::valueOf).toList())
                .toList();
    }

    private void assertMeasured(String file, String peer, int turns, int metrics) throws IOException {
        List<List<Double>> figures = figures(file, peer);
        assertEquals(turns, figures.size(), file);
        for (List<Double> turn : figures) {
            assertEquals(metrics, turn.size(), () -> file + ": " + turn);
            assertTrue(turn.getFirst() > 0, () -> file + ": " + turn);
        }
    }

    private void assertInReport(String text) throws IOException {
        String all = Files.readString(directory.resolve("report.md"));
        assertTrue(all.contains(text), all);
    }

    @Test
    void requests() throws IOException {
        new Requests(report, List.of(this::standIn), SHORT)
                .run(List.of(new Requests.Load(2, 512), new Requests.Load(3, 2048)));
        assertMeasured("requests-closed.csv", STAND_IN, 4, 9);
        assertMeasured("requests-closed.csv", Saturation.DIRECT, 4, 6);
        assertMeasured("requests-open.csv", STAND_IN, 4, 9);
        assertInReport("**512 B x 2, open loop**");
        assertTrue(Files.size(directory.resolve("latency-open-2KiBx3-" + STAND_IN + ".hgrm")) > 0);
    }

    @Test
    void connections() throws IOException {
        new ConnectionRate(report, List.of(this::standIn), SHORT).run();
        assertMeasured("connections.csv", STAND_IN, 2, 7);
        assertInReport("connections/s");
    }

    @Test
    void bulk() throws IOException {
        new Bulk(report, List.of(this::standIn), SHORT).run(List.of(1, 2));
        assertMeasured("bulk.csv", STAND_IN, 4, 5);
        assertInReport("| 2 streams ");
    }

    @Test
    void idle() throws IOException {
        new IdleMemory(report, List.of(this::standIn), SHORT, 1024, Path.of(System.getProperty("java.home")))
                .run(List.of(5, 10));
        List<List<Double>> figures = figures("idle.csv", STAND_IN);
        assertEquals(List.of(5.0, 10.0, 5.0, 10.0), figures.stream().map(List::getFirst).toList());
        assertEquals(List.of(2, 3, 2, 3), figures.stream().map(List::size).toList(), "live heap after the last step");
    }

    /** Clients of TLS that connect to nothing: each mode with an answer of its form. */
    private TlsLoad.Program tlsLoad() throws IOException {
        Path script = Files.writeString(directory.resolve("load.sh"), """
                case "$1" in
                    upstream) echo 9; cat ;;
                    idle) echo ready; cat ;;
                    partial) echo ready; echo 10 10003 ;;
                    slow) echo ready; echo 9990 10020 ;;
                    live) echo 100 250 900 40 0 77 ;;
                    *) echo 50 ;;
                esac
                """);
        return new TlsLoad.Program(List.of("sh", script.toString()));
    }

    @Test
    void costsOfTls() throws IOException {
        new TlsCosts(report, List.of(this::standIn), SHORT, tlsLoad()).run();
        assertMeasured("tls.csv", STAND_IN, 2 * 5, 3);
        assertInReport("| full handshakes ");
        assertInReport("| upload ");
    }

    @Test
    void memoryOfTls() throws IOException {
        new TlsIdle(report, List.of(this::standIn), List.of(this::standIn), 2, tlsLoad()).run(10);
        assertEquals(List.of(List.of(9990.0, 10020.0), List.of(9990.0, 10020.0)),
                figures("tls-slow.csv", STAND_IN).stream().map(turn -> turn.subList(1, 3)).toList());
        assertEquals(2, figures("tls-idle.csv", STAND_IN).size());
        assertEquals(List.of(10.0, 10003.0), figures("tls-partial.csv", STAND_IN).getFirst().subList(1, 3));
    }

    @Test
    void storms() throws IOException {
        new Storms(report, SHORT, tlsLoad()).run(List.of(this::standIn), List.of(this::standIn));
        assertMeasured("storms.csv", STAND_IN, 8, 5);
        assertInReport("| hellos ");
    }

    @Test
    void accuracyOfFaults() throws Exception {
        FaultAccuracy accuracy = new FaultAccuracy(Duration.ofMillis(40));
        assertEquals(List.of("epoll 1 ms, 2 clients: 20 round trips", "nio 1 ms, 2 clients: 20 round trips"),
                accuracy.latencies(List.of(1), List.of(2)));
        accuracy.rates(List.of(1024)).forEach(seen -> assertTrue(seen > 0, seen::toString));
    }

    @Test
    void startUp() throws IOException {
        new StartUp(report, List.of(this::standIn), 1).run();
        assertMeasured("startup.csv", STAND_IN, 1, 2);
    }

    @Test
    void baselineTakesTurnsWithTheCurrentBuild() throws IOException {
        new ConnectionRate(report, List.of(upstream -> standIn(Sluice.BASELINE, upstream),
                upstream -> standIn(Sluice.CURRENT, upstream)), SHORT).run();
        assertInReport("**Change against the baseline**");
        report.changes("the build of yesterday");
        assertInReport("Baseline: the build of yesterday.");
        List<String> lines = Files.readAllLines(directory.resolve("report.md"));
        assertEquals(2,
                lines.stream().filter(line -> line.contains("| CPU µs/connection |") && line.contains(" of 2 |"))
                        .count(),
                "in the section, and at the end");
    }

    @Test
    void seed() throws IOException {
        SeedPeers.Start naive = upstream -> new SeedPeers.Running(standIn(upstream).start(), () -> 4000, true);
        SeedPeers.Start lending = upstream -> new SeedPeers.Running(standIn(upstream).start(), () -> 100, false);
        new Seed(report, List.of(naive, lending), 40, SHORT).run(List.of(1024));
        List<List<Double>> figures = figures("seed.csv", STAND_IN);
        assertEquals(List.of(1.0, 40.0), figures.stream().map(turn -> turn.get(2)).toList(), "factors");
        assertTrue(figures.stream().allMatch(turn -> turn.get(3) > 0), () -> "messages: " + figures);
        assertInReport("computed from the design");
    }
}
