package dev.sluice.api.fault;

import java.time.Duration;
import java.util.Optional;

import dev.sluice.api.Direction;
import dev.sluice.api.Incubating;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.ConfigOneOf;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.api.config.ConfigSwitch;
import dev.sluice.api.config.Rate;

/**
 * A fault that is injected into connections: of exactly one kind, on one or both directions, in all connections or a
 * share of them. {@link Faults} makes them. Immutable.
 *
 * <pre>{@code
 * latency(Duration.ofMillis(80)).jitter(Duration.ofMillis(20)).toxicity(0.5).seed(7)
 * resetAfter(512).on(Direction.CLIENT_TO_UPSTREAM)
 * }</pre>
 *
 * <p><b>Order.</b> Several faults act one after the other, each on what the one before it lets pass, and at what time: a
 * latency behind a bandwidth delays each byte by its time, not each piece again.
 *
 * <p><b>Chance.</b> What is drawn (the jitter, the sizes of slices, the bytes that are garbled, the connections that are
 * hit) depends on {@code seed}, on the number of the connection and on the position in the stream alone: the same seed
 * gives the same faults again.
 *
 * <p><b>Limits.</b> A direction is not read while bytes of it are held back, so at most one read buffer
 * ({@code memory.readBuffer}, 64 KiB by default) is under way in it, and the rest waits in the kernels of both ends. A
 * latency therefore bounds the rate: 64 KiB in 100 ms are 640 KiB/s, and bytes that arrive while others are held are
 * delayed from when they are read, so for up to twice the latency. Times are met to about 5 ms, and never early. A
 * connection from which bytes are held back is not idle, so {@code timeouts.idle} and {@code timeouts.halfClosed} do not
 * end it. The fault {@code slice} relies on {@code TCP_NODELAY}, which the proxy sets unless it was told not to.
 *
 * @param name distinct among the faults of a filter; empty = that of the kind
 * @param latency the time by which bytes are delayed
 * @param jitter the most by which a delay differs from {@code latency}, to either side; evenly distributed
 * @param bandwidth bytes per period
 * @param slice pieces that are sent one by one
 * @param blackHole nothing passes
 * @param resetAfter the place at which both sides are reset. Bytes: exactly that many are delivered before, counted since
 *     the fault has acted on the connection; time: the age of the connection, or of the fault if that is younger
 * @param finishAfter the number of bytes behind which the receiver gets FIN; what follows is read and discarded
 * @param slowClose the time by which FIN is delayed
 * @param garble the share of bytes that are replaced by others, more than 0 and up to 1
 * @param refuse always true
 * @param direction the streams it acts on; without meaning for {@code refuse}
 * @param toxicity the share of connections that are hit, from 0 to 1
 * @param seed of everything that is drawn
 * @param cluster the cluster whose connections are hit; empty = each
 * @param endpoint the address of the endpoint whose connections are hit; empty = each
 */
@Incubating
@ConfigOneOf(value = {"latency", "bandwidth", "slice", "blackHole", "resetAfter", "finishAfter", "slowClose", "garble",
    "refuse"}, allowed = "one of them; several faults are several entries of the list")
public record Fault( // @formatter:off
        @ConfigDescription("Name, for those who remove it; default: its kind.") Optional<String> name,
        @ConfigDescription("Delay of bytes and of the end.") @ConfigRange(min = "0ms", max = "1h") Optional<Duration> latency,
        @ConfigDescription("Most by which a delay differs from latency.") @ConfigRange(min = "0ms", max = "1h") Optional<Duration> jitter,
        @ConfigDescription("Bytes per second, minute or hour, such as 64KiB/s.") Optional<Rate> bandwidth,
        @ConfigDescription("Small pieces.") Optional<Slice> slice,
        @ConfigDescription("Nothing passes.") @ConfigSwitch Optional<BlackHole> blackHole,
        @ConfigDescription("Reset after this many bytes (512) or this time (3s).") Optional<CutPoint> resetAfter,
        @ConfigDescription("FIN after this many bytes; the rest is discarded.") Optional<ByteSize> finishAfter,
        @ConfigDescription("Delay of the end.") @ConfigRange(min = "0ms", max = "1h") Optional<Duration> slowClose,
        @ConfigDescription("Share of bytes that are changed.") Optional<Double> garble,
        @ConfigDescription("Reset when accepted.") Optional<Boolean> refuse,
        @ConfigDescription("Stream that it acts on.") @ConfigDefault("upstream-to-client") FaultDirection direction,
        @ConfigDescription("Share of connections that are hit.") @ConfigDefault("1") double toxicity,
        @ConfigDescription("Seed of everything that is drawn.") @ConfigDefault("1") long seed,
        @ConfigDescription("Cluster whose connections are hit; default: each.") Optional<String> cluster,
        @ConfigDescription("Endpoint whose connections are hit, as its address is written; default: each.")
        Optional<String> endpoint) { // @formatter:on
    /** The longest time of a fault. */
    static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration LONGEST_DELAY = Duration.ofHours(1);

    /**
     * Checks the values against each other.
     *
     * @throws ConfigException if there is not exactly one kind, or a value is not allowed
     */
    public Fault {
        int kinds = count(latency, bandwidth, slice, blackHole, resetAfter, finishAfter, slowClose, garble, refuse);
        if (kinds != 1) {
            throw new ConfigException(null, "a fault of " + kinds + " kinds", "exactly one", null);
        }
        latency.ifPresent(time -> delay("latency", time));
        jitter.ifPresent(time -> delay("jitter", time));
        slowClose.ifPresent(time -> delay("slowClose", time));
        if (jitter.isPresent() && latency.isEmpty()) {
            throw new ConfigException("jitter", "there is no latency that it could vary", "jitter beside latency",
                    null);
        }
        if (jitter.isPresent() && jitter.get().compareTo(latency.get()) > 0) {
            throw new ConfigException("jitter", "it is longer than the latency, " + latency.get().toMillis() + "ms",
                    "at most the latency", latency.get().toMillis() + "ms");
        }
        if (finishAfter.isPresent() && finishAfter.get().bytes() == 0) {
            throw new ConfigException("finishAfter", "an end after 0 bytes would come before any byte is seen",
                    "at least 1", "1");
        }
        if (garble.isPresent() && !(garble.get() > 0 && garble.get() <= 1)) {
            throw new ConfigException("garble", "a share of " + garble.get(), "more than 0, at most 1", null);
        }
        if (refuse.isPresent() && !refuse.get()) {
            throw new ConfigException("refuse", "a fault that does nothing", "true, or no such entry", "true");
        }
        if (refuse.isPresent() && (cluster.isPresent() || endpoint.isPresent())) {
            throw new ConfigException(cluster.isPresent() ? "cluster" : "endpoint",
                    "refuse acts before the connection is routed", "refuse for all connections of a listener", null);
        }
        if (!(toxicity >= 0 && toxicity <= 1)) {
            throw new ConfigException("toxicity", "a share of " + toxicity, "0 to 1", null);
        }
        if (name.isPresent() && name.get().isBlank()) {
            throw new ConfigException("name", "an empty name", "a name, or none", null);
        }
    }

    private static int count(Optional<?>... kinds) {
        int count = 0;
        for (Optional<?> each : kinds) {
            count += each.isPresent() ? 1 : 0;
        }
        return count;
    }

    private static void delay(String key, Duration time) {
        if (time.isNegative() || time.compareTo(LONGEST_DELAY) > 0) {
            throw new ConfigException(key, "a time of " + time, "0ms to 1h", null);
        }
    }

    /** {@return its kind} */
    public FaultKind kind() {
        if (latency.isPresent()) {
            return FaultKind.LATENCY;
        } else if (bandwidth.isPresent()) {
            return FaultKind.BANDWIDTH;
        } else if (slice.isPresent()) {
            return FaultKind.SLICE;
        } else if (blackHole.isPresent()) {
            return FaultKind.BLACK_HOLE;
        } else if (resetAfter.isPresent()) {
            return FaultKind.RESET_AFTER;
        } else if (finishAfter.isPresent()) {
            return FaultKind.FINISH_AFTER;
        } else if (slowClose.isPresent()) {
            return FaultKind.SLOW_CLOSE;
        }
        return garble.isPresent() ? FaultKind.GARBLE : FaultKind.REFUSE;
    }

    /**
     * Returns this fault for one direction. Without this it acts on what comes from the endpoint.
     *
     * @param stream the direction
     * @return a copy
     */
    public Fault on(Direction stream) {
        Draft draft = new Draft(this);
        draft.direction = FaultDirection.of(stream);
        return draft.fault();
    }

    /** {@return this fault for both directions, each by itself} */
    public Fault onBoth() {
        Draft draft = new Draft(this);
        draft.direction = FaultDirection.BOTH;
        return draft.fault();
    }

    /**
     * Returns this latency with a variation.
     *
     * @param most the most by which a delay differs from it, to either side
     * @return a copy
     */
    public Fault jitter(Duration most) {
        Draft draft = new Draft(this);
        draft.jitter = most;
        return draft.fault();
    }

    /**
     * Returns this slice with a pause.
     *
     * @param time the least time between two pieces
     * @return a copy
     * @throws IllegalStateException if this is no slice
     */
    public Fault every(Duration time) {
        Draft draft = new Draft(this);
        Slice pieces = slice.orElseThrow(() -> new IllegalStateException("every(…) belongs to slice"));
        draft.slice = new Slice(pieces.min(), pieces.max(), time);
        return draft.fault();
    }

    /**
     * Returns this black hole with an end.
     *
     * @param time the age at which the connection is reset
     * @return a copy
     * @throws IllegalStateException if this is no black hole
     */
    public Fault thenReset(Duration time) {
        Draft draft = new Draft(this);
        if (blackHole.isEmpty()) {
            throw new IllegalStateException("thenReset(…) belongs to blackHole");
        }
        draft.blackHole = new BlackHole(Optional.of(time));
        return draft.fault();
    }

    /**
     * Returns this fault for a share of connections.
     *
     * @param share from 0 to 1
     * @return a copy
     */
    public Fault toxicity(double share) {
        Draft draft = new Draft(this);
        draft.toxicity = share;
        return draft.fault();
    }

    /**
     * Returns this fault with another seed.
     *
     * @param number any
     * @return a copy
     */
    public Fault seed(long number) {
        Draft draft = new Draft(this);
        draft.seed = number;
        return draft.fault();
    }

    /**
     * Returns this fault for the connections of a cluster.
     *
     * @param only its name
     * @return a copy
     */
    public Fault cluster(String only) {
        Draft draft = new Draft(this);
        draft.cluster = only;
        return draft.fault();
    }

    /**
     * Returns this fault for the connections of an endpoint.
     *
     * @param address as the configuration writes it
     * @return a copy
     */
    public Fault endpoint(String address) {
        Draft draft = new Draft(this);
        draft.endpoint = address;
        return draft.fault();
    }

    /**
     * Returns this fault with a name.
     *
     * @param text distinct among the faults of a filter
     * @return a copy
     */
    public Fault name(String text) {
        Draft draft = new Draft(this);
        draft.name = text;
        return draft.fault();
    }
}
