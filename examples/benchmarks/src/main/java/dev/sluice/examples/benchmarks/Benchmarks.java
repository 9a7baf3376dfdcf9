package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Runs Sluice beside its peers, in one run on one machine, and writes a {@link Report}. */
public final class Benchmarks {
    private static final int KIB = 1024;

    private final Options options;
    private final Report report;
    private final Peers peers;
    private final Path home;
    private final Path built;
    private final Path directory;

    private Benchmarks(Path home, Path built, Options options) throws IOException {
        this.options = options;
        this.home = home;
        this.built = built;
        this.directory = Files.createTempDirectory("sluice-benchmarks");
        this.peers = new Peers(home, built, directory);
        this.report = new Report(options.output(), Machine.ask(peers.versions()), true);
    }

    /** {@code SLUICE_HOME BUILT_PEERS CURRENT_DIRECTORY} and what {@link Options} understands. */
    public static void main(String[] args) throws IOException {
        Options options;
        try {
            options = Options.parse(Path.of(args[2]), List.of(args).subList(3, args.length));
        } catch (IllegalArgumentException e) {
            System.err.println("run: " + e.getMessage());
            System.exit(2);
            return;
        }
        Benchmarks benchmarks = new Benchmarks(Path.of(args[0]), Path.of(args[1]), options);
        for (Options.Section section : options.sections()) {
            benchmarks.run(section);
        }
        System.out.println("\nReport: " + options.output().toAbsolutePath() + ". Configurations and logs of the peers: "
                + benchmarks.directory);
    }

    private void run(Options.Section section) throws IOException {
        boolean quick = options.quick();
        switch (section) {
            case STARTUP -> new StartUp(report, peers.all(), quick ? 3 : 7).run();
            case REQUESTS -> {
                Requests.Load small = new Requests.Load(50, KIB);
                List<Requests.Load> loads = List.of(small, new Requests.Load(50, 16 * KIB),
                        new Requests.Load(500, KIB));
                new Requests(report, peers.allAndSniffing(),
                        quick ? new Pace(3, 800, 1_500) : new Pace(5, 3_000, 4_000))
                        .run(quick ? List.of(small) : loads);
            }
            case CONNECTIONS -> new ConnectionRate(report, peers.all(),
                    quick ? new Pace(3, 700, 1_500) : new Pace(5, 3_000, 4_000)).run();
            case BULK -> new Bulk(report, peers.forBulk(),
                    quick ? new Pace(3, 500, 500) : new Pace(5, 3_000, 2_000)).run(List.of(1, 8));
            case IDLE -> new IdleMemory(report, peers.forIdle(),
                    quick ? new Pace(1, 0, 1_000) : new Pace(3, 0, 3_000), 16 * KIB, jdk())
                    .run(quick ? List.of(1_000, 3_000) : List.of(1_000, 3_000, 6_000, 9_000));
            case SEED -> {
                int connections = Seed.possible(options.connections());
                new Seed(report, new SeedPeers(home, built, directory, connections).all(), connections,
                        new Pace(1, quick ? 3_000 : 15_000, 3_000)).run(List.of(KIB, 16 * KIB));
            }
        }
    }

    private static @Nullable Path jdk() {
        String home = System.getenv("JDK_HOME");
        return home != null && Files.isExecutable(Path.of(home, "bin/jcmd")) ? Path.of(home) : null;
    }
}
