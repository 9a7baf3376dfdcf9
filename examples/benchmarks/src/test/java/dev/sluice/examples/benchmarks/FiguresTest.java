package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Medians, files, tables and plots of turns. */
class FiguresTest {
    @TempDir
    private Path directory;

    @Test
    void medianIsTheMiddleOfThoseThatAre() {
        assertEquals(3, Turns.median(new double[]{9, 1, 3}));
        assertEquals(2, Turns.median(new double[]{3, 1}));
        assertEquals(5, Turns.median(new double[]{Double.NaN, 5}));
        assertEquals(Double.NaN, Turns.median(new double[]{Double.NaN}));
    }

    @Test
    void medianIsOfOnePeerUnderOneLoad() {
        Turns turns = new Turns("a", "b");
        turns.add("light", "x", 1, 1, 10);
        turns.add("light", "y", 1, 2, 20);
        turns.add("heavy", "x", 1, 3, 30);
        turns.add("light", "x", 2, 5, 50);
        assertEquals(30, turns.median("light", "x", "b"));
        assertEquals(List.of("light", "heavy"), turns.loads());
        assertEquals(List.of("x", "y"), turns.peers("light"));
        assertThrows(IllegalArgumentException.class, () -> turns.median("light", "x", "c"));
        assertThrows(IllegalArgumentException.class, () -> turns.add("light", "x", 3, 1));
    }

    @Test
    void everyTurnIsInTheFile() throws IOException {
        Turns turns = new Turns("rate", "cpu");
        turns.add("1 KiB x 50", "direct", 1, 1234.5, Double.NaN);
        Path file = directory.resolve("turns.csv");
        turns.write(file);
        assertEquals(List.of("load,peer,round,rate,cpu", "1 KiB x 50,direct,1,1234.500,"),
                Files.readAllLines(file));
    }

    @Test
    void tableIsMarkdownWithAlignedColumns() {
        Table table = new Table("peer", "requests/s");
        table.row("x", Table.figure(12345.67, 0));
        table.row("longer", Table.figure(Double.NaN, 0));
        assertEquals(List.of("| peer   | requests/s |", "|:-------|-----------:|", "| x      |     12,346 |",
                "| longer |          – |"), table.lines());
        assertThrows(IllegalArgumentException.class, () -> table.row("too few"));
    }

    @Test
    void barsHaveALineForEachGroupAndSayWhatIsMissing() {
        String script = Plot.bars("cpu", "CPU", "µs", List.of("a", "b"), List.of("x", "y"),
                (group, peer) -> group.equals("a") ? 1.5 : peer.equals("x") ? 2 : Double.NaN).script();
        assertTrue(script.contains("set output 'cpu.svg'"), script);
        assertTrue(script.contains("- \"x\" \"y\"\n\"a\" 1.50000 1.50000\n\"b\" 2.00000 ?\nEOD\n"), script);
    }

    @Test
    void linesAreDrawnEachFromItsOwnFigures() {
        Map<String, List<Plot.Point>> series = new LinkedHashMap<>();
        series.put("x", List.of(new Plot.Point(1000, 2)));
        series.put("y", List.of(new Plot.Point(1000, 3)));
        String script = Plot.lines("idle", "Idle", "connections", "MiB", series).script();
        assertTrue(script.contains("$line1 << EOD\n1000.00 3.00000\nEOD\n"), script);
        assertTrue(script.contains("$line1 using 1:2 with linespoints title \"y\""), script);
    }

    @Test
    void percentileCurveGoesOverTheInverseOfWhatIsLeft() {
        Histogram nanos = new Histogram(3);
        for (int i = 1; i <= 1000; i++) {
            nanos.recordValue(i * 1000L);
        }
        Latencies latencies = new Latencies();
        latencies.add("x", nanos);
        assertEquals(500, Latencies.micros(nanos, 50), 1);
        List<Plot.Point> curve = new ArrayList<>(latencies.curves().getOrDefault("x", List.of()));
        Plot.Point half = curve.stream().filter(point -> point.x() == 2).findFirst().orElseThrow();
        assertEquals(500, half.y(), 1);
        assertTrue(curve.stream().allMatch(point -> Double.isFinite(point.x())), "100 % has no place on the axis");
        assertEquals(1000, curve.getLast().y(), 1);
    }

    @Test
    void roundsAreAddedToOneCurve() throws IOException {
        Histogram first = new Histogram(3);
        first.recordValue(1000);
        Histogram second = new Histogram(3);
        second.recordValueWithCount(9000, 3);
        Latencies latencies = new Latencies();
        latencies.add("x", first);
        latencies.add("x", second);
        latencies.write(directory, "open");
        String text = Files.readString(directory.resolve("open-x.hgrm"));
        assertTrue(text.contains("Total count    =            4"), text);
    }

    @Test
    void warnsWhenNotTheProxyWasTheLimit() throws IOException {
        Turns turns = new Turns("rate", Saturation.SHARE, Saturation.WANTED);
        turns.add("fast", Saturation.DIRECT, 1, 1000, Double.NaN, Double.NaN);
        turns.add("fast", "x", 1, 500, 97, 99);
        turns.add("slow", Saturation.DIRECT, 1, 550, Double.NaN, Double.NaN);
        turns.add("slow", "x", 1, 500, 60, 98);
        Report report = new Report(directory, Machine.ask(List.of()), false);
        Saturation.judge(report, turns, "fast", "rate", "requests/s");
        String good = Files.readString(directory.resolve("report.md"));
        assertTrue(good.contains("manage 1,000 requests/s, 2.0 times"), good);
        assertFalse(good.contains("Warning"), good);
        Saturation.judge(report, turns, "slow", "rate", "requests/s");
        String both = Files.readString(directory.resolve("report.md"));
        assertTrue(both.contains("Warning: the load generator may be the limit"), both);
        assertTrue(both.contains("x (60 %, wanted 98 %)"), both);
    }
}
