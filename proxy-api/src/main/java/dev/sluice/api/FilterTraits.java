package dev.sluice.api;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The needs of a factory's filters. Starts with {@link #connectionOnly()}, {@link #inspects} or {@link #transforms}; the other methods return a
 * copy with one need more. Immutable. Traits to come will have methods of their own, and defaults.
 */
public final class FilterTraits {
    /** The time for which bytes may be held if a filter does not say otherwise. */
    public static final Duration DEFAULT_HOLD_DEADLINE = Duration.ofSeconds(5);

    private final Set<Direction> data;
    private final boolean transforming;
    private boolean beforeRouting;
    /** Null = no time of its own. */
    private @Nullable Duration silenceDeadline;
    private int maxHeldBytes;
    private Duration holdDeadline = DEFAULT_HOLD_DEADLINE;
    private int maxRetainedBytes;

    private FilterTraits(boolean transforming, Direction... data) {
        this.transforming = transforming;
        EnumSet<Direction> directions = EnumSet.noneOf(Direction.class);
        for (Direction direction : data) {
            directions.add(direction);
        }
        this.data = Set.copyOf(directions);
    }

    private FilterTraits(FilterTraits like) {
        this.data = like.data;
        this.transforming = like.transforming;
        this.beforeRouting = like.beforeRouting;
        this.silenceDeadline = like.silenceDeadline;
        this.maxHeldBytes = like.maxHeldBytes;
        this.holdDeadline = like.holdDeadline;
        this.maxRetainedBytes = like.maxRetainedBytes;
    }

    /** Filters that decide at connect or gate reads, and see no bytes. */
    public static FilterTraits connectionOnly() {
        return new FilterTraits(false);
    }

    /** Filters that look at the bytes of these directions and pass them on unchanged. */
    public static FilterTraits inspects(Direction... directions) {
        return new FilterTraits(false, directions);
    }

    /**
     * {@link TransformFilter}s: they may drop and emit bytes.
     *
     * @throws IllegalArgumentException without a direction
     */
    @Incubating
    public static FilterTraits transforms(Direction... directions) {
        if (directions.length == 0) {
            throw new IllegalArgumentException("a transforming filter needs a direction to see bytes of");
        }
        return new FilterTraits(true, directions);
    }

    /**
     * The endpoint is chosen and dialled only when these filters have detached from {@link Direction#CLIENT_TO_UPSTREAM}, at the latest after
     * {@link #holdDeadline}, whether or not bytes have arrived.
     *
     * @throws IllegalArgumentException if they do not see what the client sends
     */
    public FilterTraits waitedForBeforeRouting() {
        if (!data.contains(Direction.CLIENT_TO_UPSTREAM)) {
            throw new IllegalArgumentException(
                    "a filter that is waited for before routing has to see the bytes of client-to-upstream");
        }
        FilterTraits copy = new FilterTraits(this);
        copy.beforeRouting = true;
        copy.silenceDeadline = null;
        return copy;
    }

    /**
     * The same, with two times: a client that sends nothing is waited for as long as {@code silence} (it may be waiting for the server to speak),
     * one that has begun as long as {@link #holdDeadline}, from its first byte.
     *
     * @throws IllegalArgumentException if they do not see what the client sends, or the time is not positive
     */
    public FilterTraits waitedForBeforeRouting(Duration silence) {
        FilterTraits copy = waitedForBeforeRouting();
        copy.silenceDeadline = positive("silence", silence);
        return copy;
    }

    /**
     * They may leave bytes unforwarded. A filter with a maximum never sees more than that at a time.
     *
     * @param maxBytes the most that one filter may leave in one direction; 0 = it forwards all it sees
     * @param deadline how long it may do so without forwarding a byte
     * @throws IllegalArgumentException if the number is negative or the time is not positive
     */
    public FilterTraits holds(int maxBytes, Duration deadline) {
        FilterTraits copy = new FilterTraits(this);
        copy.maxHeldBytes = notNegative("maxHeldBytes", maxBytes);
        copy.holdDeadline = positive("holdDeadline", deadline);
        return copy;
    }

    /**
     * They may {@linkplain ConnectionContext#retain retain} bytes.
     *
     * @param maxBytes the most of one connection
     * @throws IllegalArgumentException if it is negative
     */
    @Incubating
    public FilterTraits retains(int maxBytes) {
        FilterTraits copy = new FilterTraits(this);
        copy.maxRetainedBytes = notNegative("maxRetainedBytes", maxBytes);
        return copy;
    }

    private static int notNegative(String what, int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(what + " is negative: " + bytes);
        }
        return bytes;
    }

    private static Duration positive(String what, Duration time) {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException(what + " must be positive: " + time);
        }
        return time;
    }

    /** Whether the bytes of a direction are seen. */
    public boolean sees(Direction direction) {
        return data.contains(direction);
    }

    /** Whether bytes may be dropped and emitted. */
    public boolean transforming() {
        return transforming;
    }

    /** Whether routing waits for them. */
    public boolean beforeRouting() {
        return beforeRouting;
    }

    /** The time for which routing waits for the client's first byte; null if there is none but {@link #holdDeadline}. */
    public @Nullable Duration silenceDeadline() {
        return silenceDeadline;
    }

    /** The most bytes that one filter may leave unforwarded in one direction. */
    public int maxHeldBytes() {
        return maxHeldBytes;
    }

    /** The time for which a filter may hold bytes without forwarding one; before routing, for which it may stay attached. */
    public Duration holdDeadline() {
        return holdDeadline;
    }

    /** The most bytes that one filter may retain of one connection. */
    public int maxRetainedBytes() {
        return maxRetainedBytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FilterTraits that && data.equals(that.data) && transforming == that.transforming
                && beforeRouting == that.beforeRouting && Objects.equals(silenceDeadline, that.silenceDeadline)
                && maxHeldBytes == that.maxHeldBytes && holdDeadline.equals(that.holdDeadline)
                && maxRetainedBytes == that.maxRetainedBytes;
    }

    @Override
    public int hashCode() {
        return Objects.hash(data, transforming, beforeRouting, silenceDeadline, maxHeldBytes, holdDeadline,
                maxRetainedBytes);
    }

    @Override
    public String toString() {
        return (data.isEmpty() ? "connectionOnly" : (transforming ? "transforms " : "inspects ") + data)
                + (beforeRouting ? ", waited for before routing" : "")
                + (silenceDeadline == null ? "" : ", silence " + silenceDeadline)
                + ", holds " + maxHeldBytes + " bytes for " + holdDeadline
                + ", retains " + maxRetainedBytes + " bytes";
    }
}
