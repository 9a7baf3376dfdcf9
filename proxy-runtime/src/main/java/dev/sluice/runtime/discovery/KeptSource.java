package dev.sluice.runtime.discovery;

import java.net.SocketAddress;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.sluice.runtime.observe.EndpointSourceView;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source that is kept, with its last answer and what became of it. Written by the discovery thread; read by any, under the lock of this.
 */
final class KeptSource {
    private static final Logger LOG = LoggerFactory.getLogger(KeptSource.class);

    /** The most addresses that a message names. */
    private static final int SHOWN = 8;
    /** The most reasons that are logged of one row of failures: some name what differs each time. */
    private static final int REASONS = 8;

    private final SourceSettings settings;
    private final EndpointSource source;
    private final Sieve sieve;
    private final Timing timing;
    /** The last answer as it came; null = none yet. */
    private @Nullable List<FoundEndpoint> raw;
    /** The part of it that can be used. */
    private @Nullable List<FoundEndpoint> current;
    private final Set<String> reasons = new HashSet<>();
    private boolean failing;
    private boolean ended;
    private long successes;
    private long failures;
    private @Nullable Instant lastSuccess;
    private long lastSuccessNanos;
    private @Nullable Instant lastFailure;
    private @Nullable String failure;

    KeptSource(SourceSettings settings, EndpointSource source, Predicate<SocketAddress> leadsBack, Timing timing) {
        this.settings = settings;
        this.source = source;
        this.sieve = new Sieve(settings.label(), leadsBack);
        this.timing = timing;
    }

    SourceSettings settings() {
        return settings;
    }

    EndpointSource source() {
        return source;
    }

    synchronized void end() {
        ended = true;
    }

    synchronized @Nullable List<FoundEndpoint> current() {
        return current;
    }

    /** Takes an answer; returns whether it changes anything. */
    boolean succeeded(List<FoundEndpoint> all) {
        synchronized (this) {
            if (ended) {
                return false;
            }
            if (failing && all.isEmpty() && settings instanceof DnsSettings) {
                // The end of what was denied for long enough: no success that anybody hopes for.
                if (current == null || !current.isEmpty()) {
                    LOG.warn("{}: the answer is believed now, so there are no endpoints: {}", settings.label(),
                            failure);
                }
            } else {
                if (failing) {
                    LOG.info("{}: there is an answer again.", settings.label());
                }
                failing = false;
                reasons.clear();
                successes++;
                lastSuccess = timing.now();
                lastSuccessNanos = timing.nanos();
            }
        }
        return replace(List.copyOf(all));
    }

    /** Takes a failure. */
    synchronized void failed(String reason) {
        if (ended) {
            return;
        }
        failing = true;
        failures++;
        lastFailure = timing.now();
        failure = reason;
        if (reasons.size() < REASONS && reasons.add(reason)) {
            List<FoundEndpoint> kept = current;
            String state = kept == null
                    ? "there is no answer yet; trying again"
                    : kept.isEmpty()
                            ? "no new answer; there are no endpoints"
                            : "no new answer; the last one stays in use (endpoints: " + kept.size() + ")";
            LOG.warn("{}: {}: {}", settings.label(), state, reason);
        }
    }

    /** Takes the end of the last answer; returns whether that changes anything. */
    boolean expired(String reason) {
        synchronized (this) {
            if (!ended && current != null && !current.isEmpty()) {
                LOG.error("{}: the last answer is too old to be used, so there are no endpoints now.",
                        settings.label());
            }
        }
        boolean changed = replace(List.of());
        failed(reason);
        return changed;
    }

    /** Looks again at which addresses lead back, after listeners have changed; returns whether that changes anything. */
    boolean siftAgain() {
        List<FoundEndpoint> all;
        synchronized (this) {
            all = raw;
        }
        return all != null && replace(all);
    }

    private boolean replace(List<FoundEndpoint> all) {
        // Outside of the lock: it asks for the machine's addresses.
        List<FoundEndpoint> usable = sieve.usable(all);
        synchronized (this) {
            if (ended) {
                return false;
            }
            List<FoundEndpoint> before = current;
            raw = all;
            current = usable;
            if (usable.equals(before)) {
                return false;
            }
            log(before == null ? List.of() : before, usable);
            return true;
        }
    }

    private void log(List<FoundEndpoint> before, List<FoundEndpoint> now) {
        Set<SocketAddress> old = before.stream().map(FoundEndpoint::address).collect(Collectors.toSet());
        Set<SocketAddress> young = now.stream().map(FoundEndpoint::address).collect(Collectors.toSet());
        LOG.info("{}: {}{}{}{}.", settings.label(), now.size(), now.size() == 1 ? " endpoint" : " endpoints",
                list("added", now.stream().filter(endpoint -> !old.contains(endpoint.address())).toList()),
                list("removed", before.stream().filter(endpoint -> !young.contains(endpoint.address())).toList()));
    }

    private static String list(String what, List<FoundEndpoint> endpoints) {
        return endpoints.isEmpty()
                ? ""
                : "; " + what + ": " + endpoints.stream().limit(SHOWN)
                        .map(endpoint -> AddressText.of(endpoint.address())).collect(Collectors.joining(", "))
                        + (endpoints.size() > SHOWN ? " and " + (endpoints.size() - SHOWN) + " more" : "");
    }

    synchronized EndpointSourceView view() {
        return new EndpointSourceView(settings.kind(), Printable.of(settings.label()),
                current == null ? -1 : current.size(), lastSuccess,
                lastSuccess == null ? 0 : timing.nanos() - lastSuccessNanos, lastFailure, failure, failing, successes,
                failures);
    }
}
