package dev.sluice.examples.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The program: starts the daemon, puts the load and the disturbances on it, looks at it, and writes the report. It exits with 1 if a bar is
 * missed.
 */
public final class Soak {
    private static final double CONNECTIONS_PER_HOUR = 1_000_000;
    private static final double BYTES_PER_HOUR = 200e9;
    private static final double MIB = 1024 * 1024;
    /** In shorter runs slopes and rates are shown, and judged by nobody. */
    private static final int JUDGED_SECONDS = 600;
    private static final int WARM_UP = 400;
    private static final Map<String, Integer> ENDPOINTS = Map.of("plain", 4, "flappy", 3, Plan.ALPHA, 2, Plan.BETA, 2,
            "greeting", 2, "proxied", 2,
            "queued", 2, "expendable", 5);

    private final Options options;
    private final Path work;
    private final Findings findings = new Findings();
    private final Totals totals = new Totals();
    private final Plans plans = new Plans();
    private final FlapTimes flaps = new FlapTimes();
    private final Judge judge = new Judge(plans, findings, flaps);
    private final Listeners listeners = new Listeners();
    private final Configuration configuration;

    private Soak(Options options, Path work) {
        this.options = options;
        this.work = work;
        configuration = new Configuration(work.toString());
    }

    /** Command line: see the script {@code run}. */
    public static void main(String[] args) throws IOException {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("run: " + e.getMessage());
            System.exit(2);
            return;
        }
        Result result = run(options);
        System.out.println(Files.readString(options.output().resolve("report.md")));
        System.exit(result.passed() ? 0 : 1);
    }

    /** A whole run; its report is in the output directory, and the daemon's log beside it. */
    static Result run(Options options) throws IOException {
        Path work = Files.createTempDirectory("soak-");
        try {
            Files.createDirectories(options.output());
            return new Soak(options, work).run();
        } finally {
            try (Stream<Path> files = Files.walk(work)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Result run() throws IOException {
        PluginJar plugin = new PluginJar(options.plugin(), work.resolve("plugins"));
        openEndpoints();
        Path file = Files.writeString(work.resolve("sluice.yaml"), configuration.text());
        try (Daemon daemon = Daemon.start(options.home(), file, options.output().resolve("daemon.log"))) {
            return run(daemon, plugin, file);
        } finally {
            for (Endpoint endpoint : configuration.endpoints()) {
                endpoint.close();
            }
        }
    }

    private void openEndpoints() throws IOException {
        Conversations conversations = new Conversations(plans, judge, findings, totals);
        int host = 0;
        for (Map.Entry<String, Integer> cluster : new TreeMap<>(ENDPOINTS).entrySet()) {
            for (int i = 0; i < cluster.getValue(); i++) {
                configuration.add(new Endpoint(cluster.getKey(), "127.0.1." + ++host, conversations));
            }
        }
    }

    private Result run(Daemon daemon, PluginJar plugin, Path file) throws IOException {
        Stream.of(Place.values()).filter(place -> place != Place.EXTRA)
                .forEach(place -> listeners.add(place, daemon.address(place.label())));
        AccessLog log = new AccessLog(work.resolve("access.log"), daemon, judge, findings);
        Load load = new Load(options, plans, plan -> new Client(plan, listeners, log, judge, findings, totals));
        Reloads reloads = new Reloads(configuration, file, daemon, listeners, findings);
        load.warmUp(Math.min(WARM_UP, options.rate() * 2));
        reloads.apply("nothing");
        AtRest before = AtRest.before(daemon);
        Monitor monitor = new Monitor(daemon, totals, findings, Math.max(500, options.seconds() * 1000L / 600),
                Math.max(30, options.seconds() / 30));
        Disturbances disturbances = new Disturbances(options.seed(), configuration, reloads, daemon, plugin, log, flaps,
                findings);

        long connectionsBefore = totals.connections();
        long bytesBefore = totals.bytes();
        long start = System.nanoTime();
        monitor.start();
        disturbances.start();
        load.run(options.seconds());
        double seconds = (System.nanoTime() - start) / 1e9;
        long connections = totals.connections() - connectionsBefore;
        long bytes = totals.bytes() - bytesBefore;
        disturbances.stop();
        monitor.stop();

        List<String> left = AtRest.leftAfter(daemon, before);
        left.forEach(what -> findings.add(Findings.Sort.LEFT_BEHIND, what));
        log.rotate();
        plans.open().forEach(plan -> findings.add(Findings.Sort.UNEXPLAINED_CLOSE, plan + ": " + plan.missing()));
        int code = daemon.stop();
        if (code != 0) {
            findings.add(Findings.Sort.REFUSED, "the exit code of the daemon is " + code + " instead of 0");
        }
        judgeRates(connections / seconds * 3600, bytes / seconds * 3600, monitor);
        Result result = new Result(options, version(), seconds, load.latestSeconds(), connections, bytes, log.lines(),
                new TreeMap<>(Map.of("applied", reloads.applied(), "refused, as they had to be", reloads.refused())),
                new TreeMap<>(disturbances.counts()), new TreeMap<>(monitor.eventCounts()), findings.ends(),
                findings.explained(),
                findings.list(), before.figures());
        new Report(result, monitor).write(options.output());
        return result;
    }

    /** What {@code bin/sluice version} says in its first line. */
    private String version() throws IOException {
        Process process = new ProcessBuilder(options.home().resolve("bin/sluice").toString(), "version").start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            return Objects.requireNonNullElse(said.readLine(), "no version");
        }
    }

    private void judgeRates(double connections, double bytes, Monitor monitor) {
        if (options.seconds() < JUDGED_SECONDS) {
            return;
        }
        atLeast("connections in an hour", connections, CONNECTIONS_PER_HOUR);
        atLeast("bytes in an hour", bytes, BYTES_PER_HOUR);
        flat(monitor, Sample.RESIDENT, 32 * MIB);
        flat(monitor, Sample.HEAP, 4 * MIB);
        flat(monitor, Sample.METASPACE, 4 * MIB);
        flat(monitor, Sample.THREADS, 1);
    }

    private void atLeast(String name, double value, double bar) {
        if (value < bar) {
            findings.add(Findings.Sort.BAR, "%s: %,.0f, at least %,.0f".formatted(name, value, bar));
        }
    }

    /** A slope that is above the bar by more than twice its noise. */
    private void flat(Monitor monitor, String name, double most) {
        Slope slope = monitor.slope(name, options.seconds());
        if (slope.perHour() - 2 * slope.noise() > most) {
            findings.add(Findings.Sort.BAR,
                    "slope of %s: %+,.0f in an hour, noise %,.0f, at most %,.0f".formatted(name, slope.perHour(),
                            slope.noise(), most));
        }
    }
}
