package dev.sluice.api.testkit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import org.jspecify.annotations.Nullable;

/** The state of a connection with one filter, with everything that the filter did to it. Immutable. */
public final class Outcome {
    /** The stage of life of a connection. */
    public enum State {
        /** The connection goes on, or waits. */
        OPEN,
        /** The filter refused the connection. */
        REJECTED,
        /** The filter leaves the client without an answer. The kit does not wait for {@code timeouts.tarpit}. */
        TARPITTED,
        /** The filter threw an exception, or broke its contract. */
        FAILED,
        /** The connection was closed by another party than the filter. */
        CLOSED
    }

    private static final int SHOWN = 40;

    private final State state;
    private final @Nullable CloseReason closeReason;
    private final @Nullable String explanation;
    private final @Nullable String cluster;
    private final byte @Nullable [] lastBytes;
    private final Map<AttributeKey<?>, Object> attributes;
    private final Set<Direction> detached;
    private final byte[] toUpstream;
    private final byte[] toClient;

    Outcome(Chain chain) {
        state = chain.state();
        closeReason = chain.closeReason();
        explanation = chain.explanation;
        cluster = chain.cluster;
        lastBytes = chain.lastBytes();
        attributes = Map.copyOf(chain.context().attributes());
        detached = EnumSet.noneOf(Direction.class);
        for (Direction direction : Direction.values()) {
            if (chain.hasDetached(direction)) {
                detached.add(direction);
            }
        }
        toUpstream = chain.up.output.toArray();
        toClient = chain.down.output.toArray();
    }

    /** {@return whether a connection has this outcome} */
    boolean isThatOf(Chain chain) {
        return state == chain.state()
                && closeReason == chain.closeReason()
                && Objects.equals(explanation, chain.explanation)
                && Objects.equals(cluster, chain.cluster)
                && Arrays.equals(lastBytes, chain.lastBytes())
                && attributes.equals(chain.context().attributes())
                && detached.contains(Direction.CLIENT_TO_UPSTREAM) == chain.hasDetached(Direction.CLIENT_TO_UPSTREAM)
                && detached.contains(Direction.UPSTREAM_TO_CLIENT) == chain.hasDetached(Direction.UPSTREAM_TO_CLIENT)
                && chain.up.output.contentEquals(toUpstream)
                && chain.down.output.contentEquals(toClient);
    }

    /** {@return the state of the connection} */
    public State state() {
        return state;
    }

    /** {@return the reason for which the connection was closed; null while it is open} */
    public @Nullable CloseReason closeReason() {
        return closeReason;
    }

    /** {@return the reason that the filter gave for the access log; null if none} */
    public @Nullable String explanation() {
        return explanation;
    }

    /** {@return the cluster that the filter chose; null if none} */
    public @Nullable String routedTo() {
        return cluster;
    }

    /** {@return a copy of the client's last bytes, behind those forwarded to it; null if there are none} */
    public byte @Nullable [] lastBytes() {
        return lastBytes == null ? null : lastBytes.clone();
    }

    /**
     * Looks up a fact about the connection.
     *
     * @param <T> the type of the value
     * @param key its name and type
     * @return the value; null if there is none
     */
    public <T> @Nullable T attribute(AttributeKey<T> key) {
        return key.type().cast(attributes.get(key));
    }

    /** {@return all facts about the connection} */
    public Map<AttributeKey<?>, Object> attributes() {
        return attributes;
    }

    /**
     * Returns whether the filter has detached from a direction.
     *
     * @param direction the stream
     * @return whether it has; false for directions that it never saw
     */
    public boolean detached(Direction direction) {
        return detached.contains(direction);
    }

    /**
     * Returns the bytes that came out.
     *
     * @param direction the stream
     * @return a copy
     */
    public byte[] forwarded(Direction direction) {
        return (direction == Direction.CLIENT_TO_UPSTREAM ? toUpstream : toClient).clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Outcome that
                && state == that.state
                && closeReason == that.closeReason
                && Objects.equals(explanation, that.explanation)
                && Objects.equals(cluster, that.cluster)
                && Arrays.equals(lastBytes, that.lastBytes)
                && attributes.equals(that.attributes)
                && detached.equals(that.detached)
                && Arrays.equals(toUpstream, that.toUpstream)
                && Arrays.equals(toClient, that.toClient);
    }

    @Override
    public int hashCode() {
        return Objects.hash(state, closeReason, explanation, cluster, attributes, Arrays.hashCode(toUpstream));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(state);
        if (closeReason != null) {
            text.append(" (").append(closeReason.label()).append(')');
        }
        if (explanation != null) {
            text.append(", explained '").append(explanation).append('\'');
        }
        if (cluster != null) {
            text.append(", to cluster ").append(cluster);
        }
        if (lastBytes != null) {
            text.append(", last bytes");
            show(lastBytes, text);
        }
        attributes.entrySet().stream()
                .map(entry -> ", " + entry.getKey().name() + "=" + entry.getValue())
                .sorted()
                .forEach(text::append);
        for (Direction direction : Direction.values()) {
            byte[] bytes = direction == Direction.CLIENT_TO_UPSTREAM ? toUpstream : toClient;
            text.append("; ").append(direction.label()).append(": ").append(bytes.length).append(" bytes forwarded");
            show(bytes, text);
            if (detached.contains(direction)) {
                text.append(", detached");
            }
        }
        return text.toString();
    }

    private static void show(byte[] bytes, StringBuilder text) {
        if (bytes.length == 0) {
            return;
        }
        text.append(" \"");
        String shown = new String(bytes, 0, Math.min(bytes.length, SHOWN), StandardCharsets.ISO_8859_1);
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                text.append(c);
            } else {
                text.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 0xf, 16));
            }
        }
        text.append(bytes.length > SHOWN ? "…\"" : "\"");
    }
}
