package dev.sluice.api;

import java.time.Duration;
import java.util.Set;

/**
 * What the filters of a factory need. Start from {@link #connectionOnly()}, {@link #inspects} or {@link #transforms}.
 *
 * @param data the directions whose bytes they see; empty for filters that only decide at connect or gate reads
 * @param transforming whether they may drop and emit bytes: they get {@link TransformBytes}
 * @param beforeRouting whether the endpoint is chosen and dialled only when they have detached from {@link Direction#CLIENT_TO_UPSTREAM}
 * @param maxHeldBytes the most that one filter may leave unforwarded in one direction; 0 = it forwards all it sees. A filter with a
 *     maximum never sees more than that at a time
 * @param holdDeadline how long a filter may hold bytes without forwarding one; before routing: how long it may stay attached, from the
 *     time its turn came, whether or not bytes have arrived
 * @param maxRetainedBytes the most that one filter may {@linkplain ConnectionContext#retain retain} of one connection
 */
public record FilterTraits(Set<Direction> data, boolean transforming, boolean beforeRouting, int maxHeldBytes,
        Duration holdDeadline, int maxRetainedBytes) {
    /** How long bytes may be held if a filter does not say otherwise. */
    public static final Duration DEFAULT_HOLD_DEADLINE = Duration.ofSeconds(5);

    public FilterTraits {
        data = Set.copyOf(data);
        if (maxHeldBytes < 0 || maxRetainedBytes < 0) {
            throw new IllegalArgumentException("a number of bytes is negative: maxHeldBytes " + maxHeldBytes
                    + ", maxRetainedBytes " + maxRetainedBytes);
        }
        if (holdDeadline.isNegative() || holdDeadline.isZero()) {
            throw new IllegalArgumentException("holdDeadline must be positive: " + holdDeadline);
        }
        if (transforming && data.isEmpty()) {
            throw new IllegalArgumentException("a transforming filter needs a direction to see bytes of");
        }
        if (beforeRouting && !data.contains(Direction.CLIENT_TO_UPSTREAM)) {
            throw new IllegalArgumentException(
                    "a filter that is waited for before routing has to see the bytes of client-to-upstream");
        }
    }

    /** Filters that decide at connect or gate reads, and see no bytes. */
    public static FilterTraits connectionOnly() {
        return new FilterTraits(Set.of(), false, false, 0, DEFAULT_HOLD_DEADLINE, 0);
    }

    /** Filters that look at bytes and pass them on unchanged. */
    public static FilterTraits inspects(Direction... directions) {
        return new FilterTraits(Set.of(directions), false, false, 0, DEFAULT_HOLD_DEADLINE, 0);
    }

    /** Filters that may drop and emit bytes. */
    @Incubating
    public static FilterTraits transforms(Direction... directions) {
        return new FilterTraits(Set.of(directions), true, false, 0, DEFAULT_HOLD_DEADLINE, 0);
    }

    /** The endpoint is dialled only when these filters have detached from what the client sends. */
    public FilterTraits waitedForBeforeRouting() {
        return new FilterTraits(data, transforming, true, maxHeldBytes, holdDeadline, maxRetainedBytes);
    }

    /** They may leave so many bytes unforwarded, for so long. */
    public FilterTraits holds(int maxBytes, Duration deadline) {
        return new FilterTraits(data, transforming, beforeRouting, maxBytes, deadline, maxRetainedBytes);
    }

    /** They may retain so many bytes of a connection. */
    @Incubating
    public FilterTraits retains(int maxBytes) {
        return new FilterTraits(data, transforming, beforeRouting, maxHeldBytes, holdDeadline, maxBytes);
    }

    /** Whether the bytes of a direction are seen. */
    public boolean sees(Direction direction) {
        return data.contains(direction);
    }
}
