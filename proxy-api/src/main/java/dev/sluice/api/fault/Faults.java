package dev.sluice.api.fault;

import java.time.Duration;
import java.util.Optional;

import dev.sluice.api.Incubating;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;

/**
 * Makers of {@link Fault}s, to be imported statically. Each acts on what comes from the endpoint, in all connections;
 * {@link Fault#on} and others change that.
 */
@Incubating
public final class Faults {
    private Faults() {}

    /**
     * Returns a fault that delays bytes and the end of the stream.
     *
     * @param time up to an hour
     * @return the fault
     */
    public static Fault latency(Duration time) {
        Draft draft = new Draft();
        draft.latency = time;
        return draft.fault();
    }

    /**
     * Returns a fault that lets bytes pass at a rate.
     *
     * @param rate such as {@code 64KiB/s}
     * @return the fault
     */
    public static Fault bandwidth(String rate) {
        Draft draft = new Draft();
        draft.bandwidth = Rate.parse(rate);
        return draft.fault();
    }

    /**
     * Returns a fault that cuts a stream into pieces.
     *
     * @param min the least bytes of a piece
     * @param max the most bytes of a piece
     * @return the fault
     */
    public static Fault slice(int min, int max) {
        Draft draft = new Draft();
        draft.slice = new Slice(min, max, Duration.ZERO);
        return draft.fault();
    }

    /** {@return a fault that lets nothing pass} */
    public static Fault blackHole() {
        Draft draft = new Draft();
        draft.blackHole = new BlackHole(Optional.empty());
        return draft.fault();
    }

    /**
     * Returns a fault that resets both sides behind a number of bytes.
     *
     * @param bytes at least 1
     * @return the fault
     */
    public static Fault resetAfter(long bytes) {
        Draft draft = new Draft();
        draft.resetAfter = new CutPoint(new ByteSize(bytes), null);
        return draft.fault();
    }

    /**
     * Returns a fault that resets both sides after a time.
     *
     * @param time the age of the connection, or of the fault if that is younger
     * @return the fault
     */
    public static Fault resetAfter(Duration time) {
        Draft draft = new Draft();
        draft.resetAfter = new CutPoint(null, time);
        return draft.fault();
    }

    /**
     * Returns a fault that ends a stream in order behind a number of bytes, so that it looks complete.
     *
     * @param bytes at least 1
     * @return the fault
     */
    public static Fault finishAfter(long bytes) {
        Draft draft = new Draft();
        draft.finishAfter = new ByteSize(bytes);
        return draft.fault();
    }

    /**
     * Returns a fault that delays the end of a stream.
     *
     * @param time up to an hour
     * @return the fault
     */
    public static Fault slowClose(Duration time) {
        Draft draft = new Draft();
        draft.slowClose = time;
        return draft.fault();
    }

    /**
     * Returns a fault that changes bytes.
     *
     * @param share of the bytes, more than 0 and up to 1
     * @return the fault
     */
    public static Fault garble(double share) {
        Draft draft = new Draft();
        draft.garble = share;
        return draft.fault();
    }

    /** {@return a fault that resets connections when they are accepted} */
    public static Fault refuse() {
        Draft draft = new Draft();
        draft.refuse = true;
        return draft.fault();
    }
}
