package dev.sluice.examples.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report of a run: {@code report.md} with totals, slopes and findings, {@code samples.csv}, and pictures. */
final class Report {
    private static final double MIB = 1024 * 1024;
    private static final List<String> COLUMNS = List.of(Sample.RESIDENT, Sample.HEAP, Sample.METASPACE, Sample.THREADS,
            Sample.DESCRIPTORS,
            Sample.CONNECTIONS, Sample.BUFFERS, Sample.STASH, Sample.PIPES, Sample.PIPES_RESERVED, Sample.GENERATIONS,
            Sample.LOADERS_SERVING, Sample.LOADERS,
            Sample.DONE, Sample.BYTES, Sample.CPU);

    private static final List<String> PICTURES = List.of(Sample.RESIDENT, Sample.HEAP, Sample.METASPACE, Sample.THREADS,
            Sample.DESCRIPTORS,
            Sample.CONNECTIONS);

    private final Result result;
    private final Monitor monitor;

    Report(Result result, Monitor monitor) {
        this.result = result;
        this.monitor = monitor;
    }

    /** Writes everything into a directory, and returns the text. */
    String write(Path directory) throws IOException {
        Files.createDirectories(directory);
        List<String> csv = new ArrayList<>(List.of("seconds," + String.join(",", COLUMNS)));
        for (Sample sample : monitor.samples()) {
            StringBuilder line = new StringBuilder("%.1f".formatted(sample.seconds()));
            COLUMNS.forEach(name -> line.append(',').append(number(sample.value(name))));
            csv.add(line.toString());
        }
        Files.write(directory.resolve("samples.csv"), csv);
        for (String name : PICTURES) {
            double scale = name.endsWith("bytes") ? MIB : 1;
            Files.writeString(directory.resolve(name + ".svg"), Picture.of(name + (scale > 1 ? ", MiB" : ""), scale,
                    monitor.samples().stream().filter(sample -> !Double.isNaN(sample.value(name)))
                            .map(sample -> new Slope.Point(sample.seconds(), sample.value(name))).toList()));
        }
        String text = text();
        Files.writeString(directory.resolve("report.md"), text);
        return text;
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.6g", value);
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        Options options = result.options();
        text.append("# Soak\n\n").append(result.version()).append("; seed ").append(options.seed()).append(", ")
                .append("%.0f s, %d connections/s and %d MB/s wanted, %d processors.\n".formatted(result.seconds(),
                        options.rate(),
                        options.bytesPerSecond() / 1_000_000, Runtime.getRuntime().availableProcessors()));
        text.append(
                result.passed() ? "\nEvery bar is met.\n" : "\n**%d findings.**\n".formatted(result.findings().size()));
        text.append("\n| total | | in an hour |\n|:--|--:|--:|\n");
        text.append(row("connections", "%,d".formatted(result.connections()),
                "%,.0f".formatted(result.connectionsPerHour())));
        text.append(row("content, GB", "%.2f".formatted(result.bytes() / 1e9),
                "%.1f".formatted(result.bytesPerHour() / 1e9)));
        List<Sample> samples = monitor.samples();
        double cpu = samples.isEmpty()
                ? Double.NaN
                : (samples.getLast().value(Sample.CPU) - samples.getFirst().value(Sample.CPU)) / result.seconds();
        text.append(row("processor time of the daemon, processors", "%.2f".formatted(cpu), ""));
        text.append(row("latest begin of a connection behind its time, s", "%.1f".formatted(result.latest()), ""));
        text.append(row("lines of the access log", "%,d".formatted(result.lines()), ""));
        result.reloads().forEach((name, count) -> text.append(row("reloads " + name, "%,d".formatted(count), "")));
        result.disturbances().forEach((name, count) -> text.append(row(name, "%,d".formatted(count), "")));
        result.events().forEach((name, count) -> text.append(row("events `" + name + "`", "%,d".formatted(count), "")));
        text.append("\n| slope over the second half | per hour | standard error | samples |\n|:--|--:|--:|--:|\n");
        slope(text, "resident memory, MiB", Sample.RESIDENT, MIB);
        slope(text, "heap after a full collection, MiB", Sample.HEAP, MIB);
        slope(text, "metaspace after a full collection, MiB", Sample.METASPACE, MIB);
        slope(text, "threads", Sample.THREADS, 1);
        slope(text, "descriptors", Sample.DESCRIPTORS, 1);
        slope(text, "open connections", Sample.CONNECTIONS, 1);
        counts(text, "planned end", result.ends());
        counts(text, "end explained by something else that was planned", result.explained());
        text.append("\n| at rest | before the load |\n|:--|--:|\n");
        result.before().forEach((name, value) -> text.append(row(name, "%,.0f".formatted(value))));
        text.append("\nAfter the load it had to be the same: ")
                .append(result.findings().stream()
                        .anyMatch(finding -> finding.contains(Findings.Sort.LEFT_BEHIND.label()))
                                ? "it was not.\n"
                                : "it was.\n");
        text.append("\n## Findings\n\n").append(result.findings().isEmpty() ? "None.\n" : "");
        result.findings().forEach(finding -> text.append("- ").append(finding).append('\n'));
        text.append('\n');
        PICTURES.forEach(
                name -> text.append("![").append(name.replace('_', ' ')).append("](").append(name).append(".svg)\n"));
        return text.toString();
    }

    private void slope(StringBuilder text, String title, String name, double scale) {
        Slope slope = monitor.slope(name, result.options().seconds());
        text.append(row(title, "%+.3f".formatted(slope.perHour() / scale), "%.3f".formatted(slope.noise() / scale),
                Integer.toString(slope.samples())));
    }

    private static void counts(StringBuilder text, String title, Map<String, Long> counts) {
        text.append("\n| ").append(title).append(" | connections |\n|:--|--:|\n");
        counts.forEach((name, count) -> text.append(row(name, "%,d".formatted(count))));
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }
}
