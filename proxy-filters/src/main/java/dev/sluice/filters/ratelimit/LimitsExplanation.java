package dev.sluice.filters.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * An explanation of what the limits would do with a client that came now: in the order in which {@link Limits} decides,
 * but without a place and without a token. One thread; the use that it looks at goes on meanwhile.
 */
final class LimitsExplanation {
    /** From here on a time is shown in seconds. */
    private static final Duration IN_SECONDS = Duration.ofSeconds(10);

    private final Usage usage;
    private final Rules rules;
    private final @Nullable IpAddress source;
    private final long now;
    /** The slot of the source; less than 0 = it has none. */
    private final int slot;
    private final List<String> levels = new ArrayList<>();
    private @Nullable String refusal;
    private long delay;

    LimitsExplanation(Usage usage, Rules rules, @Nullable IpAddress source, long now) {
        this.usage = usage;
        this.rules = rules;
        this.source = source;
        this.now = now;
        SourceTable sources = usage.sources();
        this.slot = sources == null ? SourceTable.UNKNOWN : sources.look(source);
    }

    /**
     * The sentence: the decision, and the level of each limit.
     *
     * @param perConnection limits on the bytes of each connection by itself
     */
    String sentence(List<String> perConnection) {
        if (slot == SourceTable.NO_MEMORY) {
            return "refuses with a reset: no memory for another source";
        } else if (slot == SourceTable.FULL) {
            return "refuses with a reset: no room for another source";
        }
        SourceTable sources = usage.sources();
        open("open connections of " + Limits.name(source), slot < 0 || sources == null ? 0 : sources.holders(slot),
                rules.maxOfSource());
        open("open connections of the listener", usage.open().get(), rules.maxOfListener());
        for (Rules.Rule rate : rules.rates()) {
            rate(rate);
        }
        for (Rules.Rule gate : rules.bandwidth()) {
            levels.add(who(gate) + ": " + new ByteSize(gate.bucket().tokens(level(gate))) + " of "
                    + new ByteSize(gate.bucket().burst()) + " bytes left at " + gate.bucket().rate());
        }
        levels.addAll(perConnection);
        String decision = refusal != null
                ? "refuses with a reset: " + refusal
                : delay > 0 ? "accepts after " + show(delay) : "accepts";
        return decision + " (" + String.join("; ", levels) + ")";
    }

    private void open(String what, int count, int max) {
        if (max == Integer.MAX_VALUE) {
            return;
        }
        levels.add(what + ": " + count + " of " + max);
        if (count >= max) {
            refuse(what + " are at their maximum");
        }
    }

    private void rate(Rules.Rule rate) {
        TokenBucket bucket = rate.bucket();
        long level = level(rate);
        long wait = bucket.waitAt(level);
        levels.add(who(rate) + ": " + bucket.tokens(level) + " of " + bucket.burst() + " connections left at "
                + bucket.rate());
        if (wait > rate.maxWaitNanos()) {
            refuse(who(rate) + " above " + bucket.rate() + ", for another " + show(wait - rate.maxWaitNanos()));
        }
        delay = Math.max(delay, wait);
    }

    /** The first reason is the one that a connection is refused with. */
    private void refuse(String reason) {
        refusal = refusal == null ? reason : refusal;
    }

    private String who(Rules.Rule limit) {
        return limit.per() == Scope.SOURCE ? Limits.name(source) : "the listener";
    }

    private long level(Rules.Rule limit) {
        SourceTable sources = usage.sources();
        if (limit.per() == Scope.LISTENER) {
            return limit.bucket().level(usage.listenerCells(), limit.cell(), now);
        } else if (slot < 0 || sources == null) {
            return limit.bucket().fullLevel(now);
        }
        return limit.bucket().level(sources.cells(slot), sources.firstCell(slot) + limit.cell(), now);
    }

    /** A time for people, never too short. */
    private static String show(long nanos) {
        return nanos >= IN_SECONDS.toNanos()
                ? Duration.ofNanos(nanos).plusNanos(999_999_999).toSeconds() + "s"
                : Duration.ofNanos(nanos).plusNanos(999_999).toMillis() + "ms";
    }
}
