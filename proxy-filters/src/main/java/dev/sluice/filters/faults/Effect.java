package dev.sluice.filters.faults;

import java.time.Duration;

import dev.sluice.api.Direction;
import dev.sluice.api.config.Rate;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.Slice;
import org.jspecify.annotations.Nullable;

/**
 * A fault at work on one direction of one connection. It may be asked about the same piece more than once; only
 * {@link #passed} changes what comes next. On the connection's loop.
 */
abstract class Effect {
    /** A time that never comes. */
    static final long NEVER = Long.MAX_VALUE;

    /** The end that an effect gives the stream. */
    enum Cut {
        /** None yet. */
        NONE,
        /** Both sides are reset. */
        RESET,
        /** The receiver gets FIN. */
        FINISH
    }

    final NamedFault fault;

    private Effect(NamedFault fault) {
        this.fault = fault;
    }

    /** The most bytes of the next piece. */
    int most() {
        return Integer.MAX_VALUE;
    }

    /**
     * The time at which a piece leaves.
     *
     * @param arrival the time at which it arrives at this effect
     * @param batch the number of the read that has brought it
     */
    long leave(long arrival, int bytes, long batch) {
        return arrival;
    }

    /** The time at which the end of the stream leaves. */
    long leaveEnd(long arrival, long batch) {
        return arrival;
    }

    /** Notes that the piece has left. */
    void passed(int bytes) {}

    /** The end of the stream behind what has left. */
    Cut cut() {
        return Cut.NONE;
    }

    /**
     * The byte in the place of another one.
     *
     * @param ahead the number of bytes of the piece before it
     */
    byte change(byte value, int ahead) {
        return value;
    }

    boolean changes() {
        return false;
    }

    /** The effect of a fault on the bytes of a direction; null if it has none. */
    @SuppressWarnings("NullAway") // each kind has its value
    static @Nullable Effect of(NamedFault named, Direction direction, long connection) {
        Fault fault = named.fault();
        long stream = 2 * connection + direction.ordinal();
        return switch (fault.kind()) {
            case LATENCY -> new Latency(named, stream);
            case BANDWIDTH -> new Bandwidth(named, fault.bandwidth().orElseThrow());
            case SLICE -> new Slices(named, fault.slice().orElseThrow(), stream);
            case BLACK_HOLE -> new Hole(named);
            case FINISH_AFTER -> new After(named, fault.finishAfter().orElseThrow().bytes(), Cut.FINISH);
            case SLOW_CLOSE -> new SlowClose(named, fault.slowClose().orElseThrow());
            case GARBLE -> new Garbling(named, fault.garble().orElseThrow(), stream);
            case RESET_AFTER -> fault.resetAfter().orElseThrow().bytes() == null
                    ? null
                    : new After(named, fault.resetAfter().orElseThrow().bytes().bytes(), Cut.RESET);
            case REFUSE -> null;
        };
    }

    /** A delay, drawn once for all bytes of a read. */
    private static final class Latency extends Effect {
        private final long stream;
        private final long mean;
        private final long jitter;
        private long left = Long.MIN_VALUE;
        private long leaving = Long.MIN_VALUE;

        Latency(NamedFault named, long stream) {
            super(named);
            this.stream = stream;
            this.mean = named.fault().latency().orElse(Duration.ZERO).toNanos();
            this.jitter = named.fault().jitter().orElse(Duration.ZERO).toNanos();
        }

        @Override
        long leave(long arrival, int bytes, long batch) {
            // Nothing overtakes.
            leaving = Math.max(left, arrival + delay(batch));
            return leaving;
        }

        @Override
        long leaveEnd(long arrival, long batch) {
            return leave(arrival, 0, batch);
        }

        private long delay(long batch) {
            if (jitter == 0) {
                return mean;
            }
            return mean + (long) ((2 * Draws.unit(Draws.of(fault.fault().seed(), stream, batch)) - 1) * jitter);
        }

        @Override
        void passed(int bytes) {
            left = leaving;
        }
    }

    /** A rate: a piece leaves when the time that it takes is over. */
    private static final class Bandwidth extends Effect {
        /** The time of a piece. */
        private static final double PIECE_NANOS = 10e6;
        /** The time by which a stream may be ahead: a timer that is late must not cost bandwidth. */
        private static final long SLACK_NANOS = 20_000_000;

        private final double nanosPerByte;
        private final int piece;
        private long free = Long.MIN_VALUE;
        private long leaving = Long.MIN_VALUE;

        Bandwidth(NamedFault named, Rate rate) {
            super(named);
            nanosPerByte = (double) rate.perNanos() / rate.amount();
            piece = (int) Math.max(1, Math.min(1 << 30, PIECE_NANOS / nanosPerByte));
        }

        @Override
        int most() {
            return piece;
        }

        @Override
        long leave(long arrival, int bytes, long batch) {
            leaving = Math.max(free, arrival - SLACK_NANOS) + Math.round(bytes * nanosPerByte);
            return Math.max(arrival, leaving);
        }

        @Override
        long leaveEnd(long arrival, long batch) {
            return Math.max(arrival, free);
        }

        @Override
        void passed(int bytes) {
            free = leaving;
        }
    }

    /** Pieces, with a pause between them. */
    private static final class Slices extends Effect {
        private final Slice slice;
        private final long pause;
        private final long stream;
        private long count;
        private long last = Long.MIN_VALUE;
        private long leaving = Long.MIN_VALUE;

        Slices(NamedFault named, Slice slice, long stream) {
            super(named);
            this.slice = slice;
            this.pause = slice.every().toNanos();
            this.stream = stream;
        }

        @Override
        int most() {
            int range = slice.max() - slice.min() + 1;
            return slice.min() + (int) (Draws.unit(Draws.of(fault.fault().seed(), stream, count)) * range);
        }

        @Override
        long leave(long arrival, int bytes, long batch) {
            leaving = last == Long.MIN_VALUE ? arrival : Math.max(arrival, last + pause);
            return leaving;
        }

        @Override
        void passed(int bytes) {
            last = leaving;
            count++;
        }
    }

    /** The hole from which nothing comes back. */
    private static final class Hole extends Effect {
        Hole(NamedFault named) {
            super(named);
        }

        @Override
        long leave(long arrival, int bytes, long batch) {
            return NEVER;
        }

        @Override
        long leaveEnd(long arrival, long batch) {
            return NEVER;
        }
    }

    /** An end behind a number of bytes. */
    private static final class After extends Effect {
        private final Cut end;
        private long left;

        After(NamedFault named, long bytes, Cut end) {
            super(named);
            this.left = bytes;
            this.end = end;
        }

        @Override
        int most() {
            return (int) Math.min(Integer.MAX_VALUE, left);
        }

        @Override
        void passed(int bytes) {
            left -= bytes;
        }

        @Override
        Cut cut() {
            return left == 0 ? end : Cut.NONE;
        }
    }

    /** A delay of the end. */
    private static final class SlowClose extends Effect {
        private final long delay;

        SlowClose(NamedFault named, Duration delay) {
            super(named);
            this.delay = delay.toNanos();
        }

        @Override
        long leaveEnd(long arrival, long batch) {
            return arrival + delay;
        }
    }

    /** Wrong bytes. */
    private static final class Garbling extends Effect {
        private final double share;
        private final long stream;
        private long position;

        Garbling(NamedFault named, double share, long stream) {
            super(named);
            this.share = share;
            this.stream = stream;
        }

        @Override
        boolean changes() {
            return true;
        }

        @Override
        byte change(byte value, int ahead) {
            long draw = Draws.of(fault.fault().seed(), stream, position + ahead);
            return Draws.unit(draw) < share ? (byte) (value ^ (1 + (draw & 0x3ff) % 255)) : value;
        }

        @Override
        void passed(int bytes) {
            position += bytes;
        }
    }
}
