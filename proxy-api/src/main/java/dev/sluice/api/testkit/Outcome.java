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

/** What a filter has made of a connection so far. Immutable. */
public final class Outcome {
    /** How the connection is. */
    public enum State {
        /** It goes on, or waits. */
        OPEN,
        /** The filter refused it. */
        REJECTED,
        /** The filter leaves the client without an answer. The kit does not wait for {@code timeouts.tarpit}. */
        DROPPED,
        /** The filter threw, or broke its contract. */
        FAILED,
        /** It was closed by somebody else. */
        CLOSED
    }

    private static final int SHOWN = 40;

    private final State state;
    private final @Nullable CloseReason closeReason;
    private final @Nullable String explanation;
    private final @Nullable String cluster;
    private final Map<AttributeKey<?>, Object> attributes;
    private final Set<Direction> detached;
    private final byte[] toUpstream;
    private final byte[] toClient;

    Outcome(Chain chain) {
        state = chain.state();
        closeReason = chain.closeReason();
        explanation = chain.explanation;
        cluster = chain.cluster;
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

    /** Whether a connection is as it was here. */
    boolean isThatOf(Chain chain) {
        return state == chain.state()
                && closeReason == chain.closeReason()
                && Objects.equals(explanation, chain.explanation)
                && Objects.equals(cluster, chain.cluster)
                && attributes.equals(chain.context().attributes())
                && detached.contains(Direction.CLIENT_TO_UPSTREAM) == chain.hasDetached(Direction.CLIENT_TO_UPSTREAM)
                && detached.contains(Direction.UPSTREAM_TO_CLIENT) == chain.hasDetached(Direction.UPSTREAM_TO_CLIENT)
                && chain.up.output.contentEquals(toUpstream)
                && chain.down.output.contentEquals(toClient);
    }

    /** How the connection is. */
    public State state() {
        return state;
    }

    /** Why it was closed; null while it is open. */
    public @Nullable CloseReason closeReason() {
        return closeReason;
    }

    /** What the filter said about it, for the access log; null if nothing. */
    public @Nullable String explanation() {
        return explanation;
    }

    /** The cluster that the filter chose; null if none. */
    public @Nullable String routedTo() {
        return cluster;
    }

    /** A fact about the connection; null if nobody has found it. */
    public <T> @Nullable T attribute(AttributeKey<T> key) {
        return key.type().cast(attributes.get(key));
    }

    /** All facts about the connection. */
    public Map<AttributeKey<?>, Object> attributes() {
        return attributes;
    }

    /** Whether the filter has detached from a direction. False for directions that it never saw. */
    public boolean detached(Direction direction) {
        return detached.contains(direction);
    }

    /**
     * What came out.
     *
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
