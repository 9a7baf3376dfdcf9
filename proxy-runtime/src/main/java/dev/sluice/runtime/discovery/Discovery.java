package dev.sluice.runtime.discovery;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.Supplier;

import dev.sluice.runtime.observe.EndpointSourceView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sources of endpoints of a server. Any thread; only {@link #await} and {@link #close} wait. Without sources it has no thread, and loads
 * nothing of the DNS library.
 */
public final class Discovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);

    /** A listener for changes, on the discovery thread; must not wait. */
    public interface Changes {
        /**
         * Takes another set of endpoints, primaries first, their addresses distinct.
         *
         * @param endpoints may be empty; immutable
         */
        void changed(SourceSettings source, List<FoundEndpoint> endpoints);
    }

    /** The makers of sources, by their settings. */
    interface Sources {
        EndpointSource make(SourceSettings settings, Timing timing);
    }

    private final Supplier<Timing> timings;
    private final Sources sources;
    private final Predicate<SocketAddress> leadsBack;
    private final Changes changes;
    // Guarded by this, like all below. Its monitor is notified at each first answer.
    private final Map<SourceSettings, KeptSource> kept = new LinkedHashMap<>();
    private @Nullable Timing timing;
    private boolean closed;

    /**
     * Discovery without sources.
     *
     * @param files the reader of endpoint files
     * @param leadsBack whether a connection to an address would come to a listener of this proxy, or to its admin interface; asked on the
     *     discovery thread, for each answer and after each {@link #keep}
     */
    public Discovery(EndpointFiles files, Predicate<SocketAddress> leadsBack, Changes changes) {
        this(SystemTiming::new, new SystemSources(files), leadsBack, changes);
    }

    Discovery(Supplier<Timing> timings, Sources sources, Predicate<SocketAddress> leadsBack, Changes changes) {
        this.timings = timings;
        this.sources = sources;
        this.leadsBack = leadsBack;
        this.changes = changes;
    }

    /**
     * The endpoints of an answer that connections may go to, in the order in which clusters get them. Without a discovery.
     *
     * @param leadsBack whether a connection to an address comes back to this proxy
     */
    public static List<FoundEndpoint> usable(SourceSettings source, List<FoundEndpoint> answer,
            Predicate<SocketAddress> leadsBack) {
        return new Sieve(source.label(), leadsBack).usable(answer);
    }

    /** The sources of this version. */
    private static final class SystemSources implements Sources {
        private final EndpointFiles files;
        private @Nullable SystemNames names;

        SystemSources(EndpointFiles files) {
            this.files = files;
        }

        @Override
        public EndpointSource make(SourceSettings settings, Timing timing) {
            return switch (settings) {
                case FileSettings file -> new FileSource(file.file(), files, timing);
                case DnsSettings dns -> new DnsSource(dns,
                        new DnsLookup(dns, names(), new DnsTransport(DnsTransport.PATIENCE), timing), timing,
                        () -> ThreadLocalRandom.current().nextDouble());
            };
        }

        private synchronized SystemNames names() {
            SystemNames known = names == null ? new SystemNames() : names;
            names = known;
            return known;
        }
    }

    /**
     * Keeps exactly these sources: starts new ones, ends those that are not among them, and leaves equal ones alone, with their answers. The same call for
     * a start and a reload, after the listeners have changed. Does nothing once closed.
     */
    public void keep(Set<SourceSettings> wanted) {
        List<KeptSource> starting = new ArrayList<>();
        List<KeptSource> ending = new ArrayList<>();
        Map<SourceSettings, KeptSource> staying = new LinkedHashMap<>();
        Timing running;
        synchronized (this) {
            if (closed || (wanted.isEmpty() && kept.isEmpty())) {
                return;
            }
            running = timing == null ? timings.get() : timing;
            timing = running;
            kept.forEach((settings, source) -> {
                if (wanted.contains(settings)) {
                    staying.put(settings, source);
                } else {
                    ending.add(source);
                }
            });
            kept.keySet().retainAll(wanted);
            for (SourceSettings settings : wanted) {
                if (!kept.containsKey(settings)) {
                    KeptSource source = new KeptSource(settings, sources.make(settings, running), leadsBack, running);
                    kept.put(settings, source);
                    starting.add(source);
                }
            }
        }
        ending.forEach(Discovery::end);
        starting.forEach(source -> start(source, running));
        staying.forEach((settings, source) -> running.after(Duration.ZERO, () -> {
            if (source.siftAgain()) {
                announce(source);
            }
        }));
    }

    private void start(KeptSource source, Timing running) {
        Publication publication = new Publication() {
            @Override
            public void endpoints(List<FoundEndpoint> all) {
                List<FoundEndpoint> answer = List.copyOf(all);
                running.after(Duration.ZERO, () -> {
                    if (source.succeeded(answer)) {
                        announce(source);
                    }
                });
            }

            @Override
            public void failed(String reason) {
                running.after(Duration.ZERO, () -> source.failed(reason));
            }

            @Override
            public void expired(String reason) {
                running.after(Duration.ZERO, () -> {
                    if (source.expired(reason)) {
                        announce(source);
                    }
                });
            }
        };
        try {
            source.source().start(publication);
        } catch (RuntimeException | Error e) {
            LOG.error("{} could not be started.", source.settings().label(), e);
            publication.failed("it could not be started: " + e);
        }
    }

    private static void end(KeptSource source) {
        source.end();
        try {
            source.source().close();
        } catch (RuntimeException | Error e) {
            LOG.error("{} could not be closed.", source.settings().label(), e);
        }
    }

    private void announce(KeptSource source) {
        List<FoundEndpoint> current = source.current();
        synchronized (this) {
            notifyAll();
        }
        if (current != null) {
            changes.changed(source.settings(), current);
        }
    }

    /** The last answer of a source; null if there is none yet, or no such source. */
    public synchronized @Nullable List<FoundEndpoint> current(SourceSettings settings) {
        KeptSource source = kept.get(settings);
        return source == null ? null : source.current();
    }

    /**
     * Waits until each of these sources has an answer.
     *
     * @return whether they have; false after the time, or when this is closed or the thread interrupted
     */
    public synchronized boolean await(Set<SourceSettings> wanted, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!wanted.stream().allMatch(settings -> current(settings) != null)) {
            long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0 || closed) {
                return false;
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** The sources for admin responses and metrics, in the order in which they came. */
    public Map<SourceSettings, EndpointSourceView> views() {
        Map<SourceSettings, KeptSource> now;
        synchronized (this) {
            now = new LinkedHashMap<>(kept);
        }
        Map<SourceSettings, EndpointSourceView> views = new LinkedHashMap<>();
        now.forEach((settings, source) -> views.put(settings, source.view()));
        return views;
    }

    /** Ends all sources, and returns when no thread is left. */
    @Override
    public void close() {
        List<KeptSource> ending;
        Timing running;
        synchronized (this) {
            closed = true;
            ending = new ArrayList<>(kept.values());
            running = timing;
            notifyAll();
        }
        ending.forEach(Discovery::end);
        if (running != null) {
            running.close();
        }
    }
}
