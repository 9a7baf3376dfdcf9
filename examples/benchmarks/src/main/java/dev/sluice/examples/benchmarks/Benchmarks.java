package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** Sluice beside its peers, in one run on one machine, with a {@link Report}. */
public final class Benchmarks {
    private static final int KIB = 1024;
    /** Arguments before those of the user. */
    private static final int OWN_ARGUMENTS = 5;

    private final Options options;
    private final Report report;
    private final Peers peers;
    private final Path home;
    private final @Nullable Path baseline;
    private final Path built;
    private final Path directory;

    private Benchmarks(Path home, @Nullable Path baseline, Path built, Options options) throws IOException {
        this.options = options;
        this.home = home;
        this.baseline = baseline;
        this.built = built;
        this.directory = Files.createTempDirectory("sluice-benchmarks");
        this.peers = new Peers(home, baseline, built, directory);
        this.report = new Report(options.output(), Machine.ask(peers.versions()), true);
    }

    /**
     * {@code SLUICE_HOME BASELINE_HOME BASELINE_NAME BUILT_PEERS CURRENT_DIRECTORY} and the arguments of {@link Options}; without a
     * baseline its two are empty.
     */
    public static void main(String[] args) throws IOException {
        Publication publication = new Publication(Path.of(""));
        Options options;
        try {
            options = Options.parse(Path.of(args[4]), List.of(args).subList(OWN_ARGUMENTS, args.length));
            if (options.publish()) {
                publication.check();
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            System.err.println("run: " + e.getMessage());
            System.exit(2);
            return;
        }
        Benchmarks benchmarks = new Benchmarks(Path.of(args[0]), args[1].isEmpty() ? null : Path.of(args[1]),
                Path.of(args[3]), options);
        for (Options.Section section : options.sections()) {
            benchmarks.run(section);
        }
        benchmarks.finish(args[2]);
        if (options.publish()) {
            publication.publish(options.output());
        }
        System.out.println("\nReport: " + options.output().toAbsolutePath() + ". Configurations and logs of the peers: "
                + benchmarks.directory);
    }

    private void run(Options.Section section) throws IOException {
        boolean quick = options.quick();
        switch (section) {
            case STARTUP -> new StartUp(report, peers.all(), quick ? 3 : 7).run();
            case REQUESTS -> {
                List<Requests.Load> loads = List.of(new Requests.Load(50, KIB), new Requests.Load(50, 16 * KIB),
                        new Requests.Load(500, KIB));
                new Requests(report, peers.forRequests(),
                        quick ? new Pace(3, 500, 1_000) : new Pace(5, 2_500, 4_000)).run(loads);
            }
            // Accepting and closing take many times the code that a message takes: it is compiled later.
            case CONNECTIONS -> new ConnectionRate(report, peers.forConnections(),
                    quick ? new Pace(3, 700, 2_000) : new Pace(5, 3_000, 8_000)).run();
            case BULK -> new Bulk(report, peers.forBulk(),
                    quick ? new Pace(3, 500, 500) : new Pace(5, 2_500, 2_000)).run(List.of(1, 8));
            case IDLE -> new IdleMemory(report, peers.forIdle(),
                    quick ? new Pace(1, 0, 1_000) : new Pace(3, 0, 3_000), 16 * KIB, jdk())
                    .run(quick ? List.of(1_000, 3_000) : List.of(1_000, 3_000, 6_000, 9_000));
            case TLS -> tls(quick);
            case STORMS -> new Storms(report, quick ? new Pace(1, 2_000, 1_000) : new Pace(3, 5_000, 3_000), program())
                    .run(peers.all(), peers.forTls(certificates()));
            case SEED -> {
                int connections = Seed.possible(options.connections());
                new Seed(report, new SeedPeers(home, baseline, built, directory, connections).all(), connections,
                        new Pace(1, quick ? 3_000 : 10_000, 3_000)).run(List.of(KIB, 16 * KIB));
            }
        }
    }

    private void tls(boolean quick) throws IOException {
        Path certificates = certificates();
        List<Peer.Kind> kinds = peers.forTls(certificates);
        new TlsCosts(report, kinds, quick ? new Pace(2, 1_000, 2_000) : new Pace(5, 3_000, 8_000), program()).run();
        new TlsIdle(report, kinds, peers.withDeadline(certificates),
                quick ? 1 : 3, program()).run(quick ? 2_000 : 9_000);
    }

    private TlsLoad.Program program() {
        return new TlsLoad.Program(built);
    }

    /** The directory of a certificate that was just made. */
    private Path certificates() throws IOException {
        Path certificates = Files.createDirectories(directory.resolve("certificates"));
        try (TlsLoad load = program().start("certificate", certificates)) {
            load.line();
        }
        return certificates;
    }

    /** The ends of a report: changes, figures for the README, and settings. */
    private void finish(String baselineName) throws IOException {
        report.changes(baselineName);
        report.figures(options.quick());
        report.heading("Settings of the peers");
        report.text(
                "Every setting with its reason and the place where the authors of the program describe or recommend it. *default* marks what was "
                        + "looked at and kept. " + sections() + " Words in capitals are filled in for each run.");
        Table table = Table.ofWords("peer", "section", "setting", "why", "source");
        for (Setting setting : Peers.settings()) {
            table.row(setting.peer(), setting.section(),
                    '`' + setting.text() + '`' + (setting.written() ? "" : " *default*"),
                    setting.why(), setting.source());
        }
        report.table(table);
    }

    private String sections() {
        return "This run measured: "
                + options.sections().stream().map(Options.Section::word).collect(Collectors.joining(", ")) + '.';
    }

    private static @Nullable Path jdk() {
        String home = System.getenv("JDK_HOME");
        return home != null && Files.isExecutable(Path.of(home, "bin/jcmd")) ? Path.of(home) : null;
    }
}
