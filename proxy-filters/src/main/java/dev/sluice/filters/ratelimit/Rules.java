package dev.sluice.filters.ratelimit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import dev.sluice.api.Direction;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one configuration on everything that connections share: rates, open connections, and the bandwidth of
 * sources and of the listener. Immutable.
 */
final class Rules {
    /**
     * A limit with buckets.
     *
     * @param bytes the bytes that it limits; null = it limits new connections
     * @param cell which of the source's, or the listener's, buckets
     */
    record Rule(TokenBucket bucket, @Nullable BandwidthDirection bytes, Scope per, int cell, long maxWaitNanos) {
        private boolean counts(Direction direction) {
            return bytes != null && bytes.counts(direction);
        }

        private boolean isOfKind(Rule other) {
            return bytes == other.bytes && per == other.per;
        }

        private Rule with(TokenBucket newBucket, int newCell) {
            return new Rule(newBucket, bytes, per, newCell, maxWaitNanos);
        }
    }

    private final List<Rule> all;
    private final Rule[] rates;
    private final Rule[] toUpstream;
    private final Rule[] toClient;
    private final int maxOfSource;
    private final int maxOfListener;
    private final long edition;

    private Rules(List<Rule> all, int maxOfSource, int maxOfListener, long edition) {
        this.all = all;
        this.maxOfSource = maxOfSource;
        this.maxOfListener = maxOfListener;
        this.edition = edition;
        // Those of sources first: when two loops decide at once, connections beyond the rate of a source should not take
        // tokens from all.
        rates = all.stream().filter(rule -> rule.bytes() == null).sorted(Comparator.comparing(Rule::per))
                .toArray(Rule[]::new);
        toUpstream = all.stream().filter(rule -> rule.counts(Direction.CLIENT_TO_UPSTREAM)).toArray(Rule[]::new);
        toClient = all.stream().filter(rule -> rule.counts(Direction.UPSTREAM_TO_CLIENT)).toArray(Rule[]::new);
    }

    static Rules of(RateLimitConfig config) {
        int[] cells = new int[Scope.values().length];
        List<Rule> all = new ArrayList<>();
        for (ConnectionRate limit : config.connections()) {
            all.add(new Rule(TokenBucket.ofConnections(limit.rate(), limit.burst(), limit.maxWaitNanos()), null,
                    limit.per(), cells[limit.per().ordinal()]++, limit.maxWaitNanos()));
        }
        for (Bandwidth limit : config.bandwidth()) {
            Scope per = limit.per().shared();
            if (per != null) {
                all.add(new Rule(TokenBucket.ofBytes(limit.rate(), limit.burst()), limit.direction(), per,
                        cells[per.ordinal()]++, 0));
            }
        }
        return new Rules(all, config.maxConcurrent(Scope.SOURCE), config.maxConcurrent(Scope.LISTENER), 0);
    }

    /** The rates of connections. */
    Rule[] rates() {
        return rates;
    }

    /** The limits on the bytes of a direction. */
    Rule[] gates(Direction direction) {
        return direction == Direction.CLIENT_TO_UPSTREAM ? toUpstream : toClient;
    }

    /** All limits on the bytes that connections share. */
    List<Rule> bandwidth() {
        return all.stream().filter(rule -> rule.bytes() != null).toList();
    }

    /** The most connections of a source at once; {@link Integer#MAX_VALUE} = not limited. */
    int maxOfSource() {
        return maxOfSource;
    }

    /** The most connections of the listener at once; {@link Integer#MAX_VALUE} = not limited. */
    int maxOfListener() {
        return maxOfListener;
    }

    /** The number of buckets of each source, or of the listener. */
    int cells(Scope scope) {
        return (int) all.stream().filter(rule -> rule.per() == scope).count();
    }

    /** Whether a source is remembered while a connection is open, for its count or for its bytes. */
    boolean remembersConnections() {
        return maxOfSource < Integer.MAX_VALUE || maxOfListener < Integer.MAX_VALUE
                || all.stream().anyMatch(rule -> rule.bytes() != null && rule.per() == Scope.SOURCE);
    }

    /** A text that is the same for rules that count the same things, whatever their numbers. */
    String shape() {
        List<String> kinds = new ArrayList<>(
                all.stream().map(rule -> rule.per() + " " + rule.bytes()).sorted().toList());
        kinds.add(maxOfSource < Integer.MAX_VALUE ? "open of source" : "");
        kinds.add(maxOfListener < Integer.MAX_VALUE ? "open of listener" : "");
        return kinds.toString();
    }

    /** Whether these came later than others that use the same buckets. */
    boolean areNewerThan(Rules others) {
        return edition > others.edition;
    }

    /**
     * The same rules, with the buckets of others of the same {@linkplain #shape shape}, and newer. A limit that has not
     * changed keeps its bucket, wherever it stands now; the rest follow in order.
     */
    Rules heirsOf(Rules before) {
        List<Rule> left = new ArrayList<>(before.all);
        @Nullable
        Rule[] heirs = new Rule[all.size()];
        for (boolean unchanged : new boolean[]{true, false}) {
            for (int i = 0; i < heirs.length; i++) {
                Rule rule = all.get(i);
                Rule old = heirs[i] != null
                        ? null
                        : left.stream().filter(it -> it.isOfKind(rule)
                                && (!unchanged || it.bucket().isSameLimit(rule.bucket()))).findFirst().orElse(null);
                if (old != null) {
                    left.remove(old);
                    heirs[i] = rule.with(rule.bucket(), old.cell());
                }
            }
        }
        List<Rule> numbered = new ArrayList<>();
        for (Rule rule : heirs) {
            numbered.add(Objects.requireNonNull(rule, "rules of another shape"));
        }
        return new Rules(numbered, maxOfSource, maxOfListener, before.edition + 1);
    }

    /** The same rules, when they come into force in place of others with the same buckets. */
    Rules inPlaceOf(Rules before, long now) {
        List<Rule> succeeding = all.stream().map(rule -> {
            TokenBucket old = before.all.stream().filter(it -> it.per() == rule.per() && it.cell() == rule.cell())
                    .findFirst().orElseThrow().bucket();
            return rule.with(rule.bucket().inPlaceOf(old, now), rule.cell());
        }).toList();
        return new Rules(succeeding, maxOfSource, maxOfListener, edition);
    }
}
