package dev.sluice.examples.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Changes of the configuration, one at a time, each of which the daemon has to apply, or to refuse if it is broken. */
final class Reloads {
    private static final int APPLIED = 200;
    private static final int REFUSED = 422;
    private static final int GOES_ON = 202;
    /** A machine may be busy. */
    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Configuration configuration;
    private final Path file;
    private final Daemon daemon;
    private final Listeners listeners;
    private final Findings findings;
    private int applied;
    private int refused;
    private int extras;

    Reloads(Configuration configuration, Path file, Daemon daemon, Listeners listeners, Findings findings) {
        this.configuration = configuration;
        this.file = file;
        this.daemon = daemon;
        this.listeners = listeners;
        this.findings = findings;
    }

    /** A change of some kind. */
    synchronized void any(SplittableRandom random) throws IOException {
        switch (random.nextInt(10)) {
            case 0 -> configuration.changeFilter();
            case 1 -> configuration.changeTimeouts();
            case 2 -> configuration.changeBalancing();
            case 3 -> configuration.changeRoutes();
            case 4 -> {
                addExtra();
                return;
            }
            case 5 -> {
                removeExtra();
                return;
            }
            case 6, 7 -> {
                endpoints(random.nextBoolean() ? Place.PLAIN : Place.EXPENDABLE, random);
                return;
            }
            case 8 -> {
                broken(random);
                return;
            }
            default -> {
                // Nothing has changed, which a daemon has to find out.
            }
        }
        apply("a change");
    }

    /** Back to what it was at the beginning. */
    synchronized void reset() throws IOException {
        while (!configuration.extras().isEmpty()) {
            removeExtra();
        }
        List.of(Place.PLAIN, Place.EXPENDABLE).forEach(place -> configuration.restore(place.label()));
        apply("the end");
    }

    /** For what is changed beside the file. */
    synchronized void apply(String what) throws IOException {
        write(configuration.text());
        Daemon.Answer answer = reload();
        if (answer.status() == APPLIED) {
            applied++;
        } else {
            findings.add(Findings.Sort.REFUSED, "a reload of " + what + ": " + answer);
        }
    }

    /** The result, in the form of an answer that did not have to be waited for. */
    private Daemon.Answer reload() throws IOException {
        Daemon.Answer answer = daemon.post("/reload");
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (answer.status() == GOES_ON && System.nanoTime() < deadline) {
            Line.pause(100);
            String body = daemon.get("/reload");
            if (!body.contains("\"result\":\"running\"")) {
                return new Daemon.Answer(body.contains("\"result\":\"refused\"") ? REFUSED : APPLIED, body);
            }
        }
        return answer;
    }

    private void write(String text) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next.yaml"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void broken(SplittableRandom random) throws IOException {
        String whole = configuration.text();
        write(whole.substring(0, random.nextInt(whole.length())) + "\n\"broken: [");
        Daemon.Answer answer = reload();
        if (answer.status() == REFUSED && answer.body().contains("\"line\":")) {
            refused++;
        } else {
            findings.add(Findings.Sort.REFUSED, "a broken file was not refused with its place: " + answer);
        }
        write(whole);
    }

    private void addExtra() throws IOException {
        if (configuration.extras().size() >= 3) {
            removeExtra();
        }
        String name = "extra-" + ++extras;
        configuration.addExtra(name);
        apply("a new listener");
        listeners.addExtra(name, daemon.addressNow(name));
    }

    /** New connections end before; those that are open stay. */
    private void removeExtra() throws IOException {
        if (!configuration.extras().isEmpty()) {
            String name = configuration.extras().getFirst();
            listeners.removeExtra(name);
            configuration.removeExtra(name);
            apply("a listener less");
        }
    }

    /** An endpoint less, or all again. */
    private void endpoints(Place place, SplittableRandom random) throws IOException {
        List<Endpoint> all = configuration.endpoints(place.label());
        Endpoint gone = all.stream().filter(configuration::isRemoved).findFirst().orElse(null);
        if (gone != null) {
            configuration.restore(place.label());
            gone.inService();
            apply("an endpoint more");
        } else {
            Endpoint endpoint = all.get(random.nextInt(all.size()));
            configuration.remove(endpoint);
            apply("an endpoint less");
            if (place == Place.PLAIN) {
                endpoint.outOfService();
            }
        }
    }

    synchronized int applied() {
        return applied;
    }

    synchronized int refused() {
        return refused;
    }
}
