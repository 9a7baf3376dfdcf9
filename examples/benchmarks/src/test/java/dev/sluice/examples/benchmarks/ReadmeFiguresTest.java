package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The table and the pictures for the README, from the turns of all sections. */
class ReadmeFiguresTest {
    private static final List<String> PEERS = List.of(Sluice.BASELINE, Sluice.CURRENT, "haproxy", "nginx", "go-splice");

    private final Map<String, Turns> sections = new LinkedHashMap<>();

    @TempDir
    private Path directory;

    ReadmeFiguresTest() {
        section("startup", "start-up", "first_byte_ms", "resident_bytes");
        section("requests-closed", "1 KiB x 50", "cpu_us_per_request");
        section("requests-open", "1 KiB x 50", "p99_us");
        section("connections", "64 callers", "cpu_us_per_connection", "connections_per_s");
        section("bulk", "1 stream", "cpu_ms_per_gigabyte", "gigabytes_per_s");
        Turns idle = new Turns("connections", "resident_growth_bytes");
        sections.computeIfPresent("requests-closed", (name, turns) -> {
            turns.add("1 KiB x 50", Haproxy.SPLICING, 1, 90);
            return turns;
        });
        idle.add("1 000", Sluice.CURRENT, 1, 1000, 1);
        idle.add("9 000", Sluice.CURRENT, 1, 9000, 9000 * 600);
        idle.add("9 000", "nginx", 1, 9000, 9000 * 34_000);
        idle.add("9 000", Nginx.SMALL, 1, 9000, 9000 * 9_700);
        idle.add("9 000", "go-naive", 1, 9000, 9000 * 48_000);
        sections.put("idle", idle);
    }

    /** The first peer has 1, 2, ..., the next 10, 20, ... as its figures. */
    private void section(String name, String load, String... metrics) {
        Turns turns = new Turns(metrics);
        double factor = 1;
        for (String peer : PEERS) {
            double[] figures = new double[metrics.length];
            for (int i = 0; i < figures.length; i++) {
                figures[i] = factor * (i + 1);
            }
            turns.add(load, peer, 1, figures);
            factor *= 10;
        }
        sections.put(name, turns);
    }

    private String row(String start) {
        return new Figures(sections).table().lines().stream().filter(line -> line.startsWith("| " + start)).findFirst()
                .orElseThrow().replaceAll(" +", " ");
    }

    @Test
    void eachProgramHasItsColumnAndTheBaselineHasNone() {
        assertEquals("| CPU of a request, 1 KiB x 50, µs | 10.0 | 90.0 | 1,000.0 | 10,000.0 |",
                row("CPU of a request"));
        assertEquals("| connections per second | 20 | 200 | 2,000 | 20,000 |", row("connections per second"));
    }

    @Test
    void memoryIsOfTheLargestCrowdAndOfTheBestWayOfEachProgram() {
        assertEquals("| memory of an idle connection, bytes | 600 | – | 9,700 | 48,000 |", row("memory"));
    }

    @Test
    void withoutOneSectionThereAreNoFigures() throws IOException {
        assertTrue(Figures.complete(sections));
        sections.remove("bulk");
        assertFalse(Figures.complete(sections));
        Report report = new Report(directory, Machine.ask(List.of()), false);
        report.figures(false);
        assertFalse(Files.exists(directory.resolve(Publication.TABLE)));
    }

    @Test
    void captionOfAQuickRunSaysSo() throws IOException {
        String caption = new Figures(sections).caption(Machine.ask(List.of()), true);
        assertTrue(caption.startsWith("**Of a quick run"), caption);
    }

    @Test
    void pictureOfMemoryHasALogarithmicAxisAndABarForEachWay() {
        String script = new Figures(sections).pictures().getFirst().script();
        assertTrue(script.contains("set logscale y"), script);
        assertTrue(script.contains("0 \"Sluice\" 600.000 \"600\"\n"), script);
        assertTrue(script.contains("2 \"nginx\\n4 KiB buffers\" 9700.00 \"9,700\"\n"), script);
        assertFalse(script.contains("background"), script);
    }

    @Test
    void pictureOfCpuHasABarForEachProgramAndLoad() {
        String script = new Figures(sections).pictures().getLast().script();
        assertTrue(script.contains("$proxy0 << EOD\n-0.300000 10.0000 \"10.0\"\nEOD\n"), script);
        assertTrue(script.contains("title \"Go\""), script);
    }
}
