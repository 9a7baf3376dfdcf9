package dev.sluice.api;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * The needs of a factory's filters. Begins with {@link #connectionOnly()}, {@link #inspects} or {@link #transforms};
 * every other method returns a copy with one more need. Immutable. Future traits will be further methods with defaults.
 */
public final class FilterTraits {
    /** The time for which bytes may be held unless {@link #holds} says otherwise: 5 s. */
    public static final Duration DEFAULT_HOLD_DEADLINE = Duration.ofSeconds(5);

    private final Set<Direction> data;
    private final boolean transforming;
    private boolean beforeRouting;
    /** Null = {@link #holdDeadline} alone. */
    private @Nullable Duration silenceDeadline;
    private int maxHeldBytes;
    private Duration holdDeadline = DEFAULT_HOLD_DEADLINE;
    private int maxRetainedBytes;
    private Set<String> protocols = Set.of();

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
        this.protocols = like.protocols;
    }

    /** {@return the traits of filters that decide at connect or gate reads, and see no bytes} */
    public static FilterTraits connectionOnly() {
        return new FilterTraits(false);
    }

    /**
     * Returns the traits of filters that look at bytes and pass them on unchanged.
     *
     * @param directions the streams that they see
     * @return the traits
     */
    public static FilterTraits inspects(Direction... directions) {
        return new FilterTraits(false, directions);
    }

    /**
     * Returns the traits of {@link TransformFilter}s, which may drop and emit bytes.
     *
     * @param directions the streams that they see, at least one
     * @return the traits
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
     * Makes routing wait: the endpoint is chosen and dialled only when the filter has detached from
     * {@link Direction#CLIENT_TO_UPSTREAM}, at the latest after {@link #holdDeadline}, whether or not bytes have
     * arrived.
     *
     * @return a copy with this need
     * @throws IllegalArgumentException if the filters do not see the client's bytes
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
     * Makes routing wait, with two times: {@code silence} for a client that has sent nothing (it may expect the server
     * to speak first), {@link #holdDeadline} from the first byte for one that has.
     *
     * @param silence the time to wait for the client's first byte
     * @return a copy with this need
     * @throws IllegalArgumentException if the filters do not see the client's bytes, or the time is not positive
     */
    public FilterTraits waitedForBeforeRouting(Duration silence) {
        FilterTraits copy = waitedForBeforeRouting();
        copy.silenceDeadline = positive("silence", silence);
        return copy;
    }

    /**
     * Allows filters to leave bytes unforwarded. A filter with a maximum is never shown more than that at a time.
     *
     * @param maxBytes the most that one filter may leave in one direction; 0 = it forwards everything it sees
     * @param deadline the longest time without forwarding a byte while it holds some
     * @return a copy with this need
     * @throws IllegalArgumentException if the number is negative or the time is not positive
     */
    public FilterTraits holds(int maxBytes, Duration deadline) {
        FilterTraits copy = new FilterTraits(this);
        copy.maxHeldBytes = notNegative("maxHeldBytes", maxBytes);
        copy.holdDeadline = positive("holdDeadline", deadline);
        return copy;
    }

    /**
     * Allows filters to {@linkplain ConnectionContext#retain retain} bytes.
     *
     * @param maxBytes the most for one connection
     * @return a copy with this need
     * @throws IllegalArgumentException if it is negative
     */
    @Incubating
    public FilterTraits retains(int maxBytes) {
        FilterTraits copy = new FilterTraits(this);
        copy.maxRetainedBytes = notNegative("maxRetainedBytes", maxBytes);
        return copy;
    }

    /**
     * Names the protocols that filters may find ({@link Attributes#PROTOCOL}), so that the proxy can say without a connection
     * whether routes will know the protocol of a client. Without it, they may find any.
     *
     * @param names the names of the protocols; none = any
     * @return a copy with this need
     */
    @Incubating
    public FilterTraits finds(Collection<String> names) {
        FilterTraits copy = new FilterTraits(this);
        copy.protocols = Set.copyOf(names);
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

    /**
     * Returns whether the filters see the bytes of a stream.
     *
     * @param direction the stream
     * @return whether they do
     */
    public boolean sees(Direction direction) {
        return data.contains(direction);
    }

    /** {@return whether the filters may drop and emit bytes} */
    public boolean transforming() {
        return transforming;
    }

    /** {@return whether routing waits for the filters} */
    public boolean beforeRouting() {
        return beforeRouting;
    }

    /**
     * {@return the time for which routing waits for the client's first byte; null if only {@link #holdDeadline} counts}
     */
    public @Nullable Duration silenceDeadline() {
        return silenceDeadline;
    }

    /** {@return the most bytes that one filter may leave unforwarded in one direction} */
    public int maxHeldBytes() {
        return maxHeldBytes;
    }

    /**
     * {@return the time for which a filter may hold bytes without forwarding one; before routing, for which it may stay
     * attached}
     */
    public Duration holdDeadline() {
        return holdDeadline;
    }

    /** {@return the most bytes that one filter may retain of one connection} */
    public int maxRetainedBytes() {
        return maxRetainedBytes;
    }

    /** {@return the protocols that the filters may find; empty = any} */
    @Incubating
    public Set<String> protocols() {
        return protocols;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FilterTraits that && data.equals(that.data) && transforming == that.transforming
                && beforeRouting == that.beforeRouting && Objects.equals(silenceDeadline, that.silenceDeadline)
                && maxHeldBytes == that.maxHeldBytes && holdDeadline.equals(that.holdDeadline)
                && maxRetainedBytes == that.maxRetainedBytes && protocols.equals(that.protocols);
    }

    @Override
    public int hashCode() {
        return Objects.hash(data, transforming, beforeRouting, silenceDeadline, maxHeldBytes, holdDeadline,
                maxRetainedBytes, protocols);
    }

    @Override
    public String toString() {
        return (data.isEmpty() ? "connectionOnly" : (transforming ? "transforms " : "inspects ") + data)
                + (beforeRouting ? ", waited for before routing" : "")
                + (silenceDeadline == null ? "" : ", silence " + silenceDeadline)
                + ", holds " + maxHeldBytes + " bytes for " + holdDeadline
                + ", retains " + maxRetainedBytes + " bytes"
                + (protocols.isEmpty() ? "" : ", finds " + String.join(" ", new TreeSet<>(protocols)));
    }
}
