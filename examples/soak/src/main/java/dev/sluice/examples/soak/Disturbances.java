package dev.sluice.examples.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Everything that is done to the daemon and its endpoints while connections go on: each kind on a thread of its own, at times that the seed decides. */
final class Disturbances {
    private static final int DONE = 200;
    private static final int NOT_FOUND = 404;

    private final long seed;
    private final Configuration configuration;
    private final Reloads reloads;
    private final Daemon daemon;
    private final PluginJar plugin;
    private final AccessLog log;
    private final FlapTimes flaps;
    private final Findings findings;
    private final Map<String, Integer> counts = new ConcurrentSkipListMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);

    Disturbances(long seed, Configuration configuration, Reloads reloads, Daemon daemon, PluginJar plugin,
            AccessLog log,
            FlapTimes flaps, Findings findings) {
        this.seed = seed;
        this.configuration = configuration;
        this.reloads = reloads;
        this.daemon = daemon;
        this.plugin = plugin;
        this.log = log;
        this.flaps = flaps;
        this.findings = findings;
    }

    /** One of them, as often as it comes. */
    private interface Action {
        void run(SplittableRandom random) throws IOException;
    }

    /** Begins: each happens now, and from then on at intervals between half and one and a half of the mean. */
    void start() {
        every("reloads", 1000, reloads::any);
        every("flaps", 600, this::flap);
        every("crashes", 2000, this::crash);
        every("drains", 1500, random -> drain(Place.PLAIN, "", random));
        every("drains with a time", 2000,
                random -> drain(Place.EXPENDABLE, random.nextBoolean() ? "?over=0s" : "?over=1s", random));
        every("plugin swaps", 3000, random -> swapPlugin());
        every("rotations", 2000, random -> log.rotate());
    }

    private void every(String name, int meanMillis, Action action) {
        SplittableRandom random = new SplittableRandom(Content.mix(seed) ^ name.hashCode());
        threads.add(Thread.ofVirtual().name(name).start(() -> {
            do {
                try {
                    action.run(random);
                    counts.merge(name, 1, Integer::sum);
                } catch (IOException | RuntimeException e) {
                    findings.add(Findings.Sort.REFUSED, name + ": " + e);
                }
            } while (!ended(meanMillis / 2 + random.nextInt(meanMillis)));
        }));
    }

    private boolean ended(long afterMillis) {
        try {
            return end.await(afterMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** Ends all of them; every endpoint is in service then. */
    void stop() throws IOException {
        end.countDown();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
        reloads.reset();
        configuration.endpoints().forEach(Endpoint::inService);
    }

    private void flap(SplittableRandom random) throws IOException {
        Endpoint endpoint = any(Place.FLAPPY, random);
        flaps.during(endpoint.cluster(), endpoint::stop);
        ended(100 + random.nextInt(1500));
        endpoint.comeBack();
    }

    private void crash(SplittableRandom random) throws IOException {
        Endpoint endpoint = any(Place.EXPENDABLE, random);
        flaps.during(endpoint.cluster(), endpoint::crash);
        ended(100 + random.nextInt(1000));
        endpoint.comeBack();
    }

    private Endpoint any(Place place, SplittableRandom random) {
        List<Endpoint> all = configuration.endpoints(place.label());
        return all.get(random.nextInt(all.size()));
    }

    private void drain(Place place, String query, SplittableRandom random) throws IOException {
        Endpoint endpoint = any(place, random);
        synchronized (reloads) {
            if (configuration.isRemoved(endpoint)) {
                return;
            }
            command(endpoint, "drain" + query);
            endpoint.outOfService();
        }
        ended(200 + random.nextInt(1500));
        synchronized (reloads) {
            endpoint.inService();
            command(endpoint, "up");
        }
    }

    private void command(Endpoint endpoint, String command) throws IOException {
        Daemon.Answer answer = daemon
                .post("/clusters/" + endpoint.cluster() + "/endpoints/" + endpoint.address() + "/" + command);
        if (answer.status() != DONE && !(answer.status() == NOT_FOUND && configuration.isRemoved(endpoint))) {
            findings.add(Findings.Sort.REFUSED, command + " of " + endpoint + ": " + answer);
        }
    }

    private void swapPlugin() throws IOException {
        plugin.replace();
        reloads.apply("a plugin");
    }

    /** How often each has happened. */
    Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }
}
