package dev.sluice.runtime.chain;

import java.time.Duration;

import dev.sluice.api.HoldExpiry;

/**
 * Rules of the bytes that a filter may leave unforwarded: how many are shown to it, when a call is worthwhile, and when
 * it has to decide. Pure functions of a {@link Cursor}, with times as arguments.
 */
final class Holds {
    /** States of the bytes that a filter has left. */
    enum Left {
        /** None are left, or no more than allowed. */
        ALLOWED,
        /** Some are left, although the filter's traits declare no {@code maxHeldBytes}. */
        UNDECLARED,
        /** The maximum is left, or the filter waits for more than the maximum: it has to decide. */
        FULL
    }

    private Holds() {}

    /** Starts the deadlines for which routing waits, when the connection was accepted. */
    static void start(Cursor cursor, long now) {
        if (cursor.beforeRouting) {
            Duration silence = cursor.slot.traits().silenceDeadline();
            cursor.silent = silence != null;
            cursor.deadline = now + (silence == null ? cursor.slot.traits().holdDeadline() : silence).toNanos();
        }
    }

    /** Restarts the deadline, when the client has sent its first byte. */
    static void begun(Cursor cursor, long now) {
        if (cursor.silent) {
            cursor.silent = false;
            cursor.deadline = now + cursor.slot.traits().holdDeadline().toNanos();
        }
    }

    /**
     * The number of visible bytes to show to a filter at once.
     *
     * @param room for the output of a transforming filter; {@link Integer#MAX_VALUE} for others
     */
    static int portion(Cursor cursor, int visible, int room) {
        int portion = cursor.mostHeld() > 0 ? Math.min(visible, cursor.mostHeld()) : visible;
        return Math.min(portion, room);
    }

    /**
     * Whether a call would show the filter something that it has not seen and waits for.
     *
     * @param again whether there is more room to emit than before
     */
    static boolean isWorthCalling(Cursor cursor, int visible, int portion, boolean again) {
        return portion > 0 && (portion > cursor.shown || again)
                && (portion >= cursor.need || portion < visible);
    }

    /** Runs the deadline of a filter that is not called now, while it holds something. */
    static void watch(Cursor cursor, int visible, long now) {
        if (cursor.beforeRouting) {
            return;
        }
        if (visible == 0 || cursor.blocked) {
            // A filter without room waits for the receiver, whose deadline is that of a write that stalls.
            cursor.deadline = Cursor.NONE;
        } else if (cursor.deadline == Cursor.NONE) {
            cursor.deadline = now + cursor.slot.traits().holdDeadline().toNanos();
        }
    }

    /** The state of a filter that has gone on, and has left {@code left} of the bytes it was shown. */
    static Left left(Cursor cursor, int left) {
        if (cursor.mostHeld() == 0) {
            cursor.need = 0;
        }
        if (left == 0 || cursor.blocked) {
            return Left.ALLOWED;
        }
        if (cursor.mostHeld() == 0) {
            return Left.UNDECLARED;
        }
        return left < cursor.mostHeld() && cursor.need <= cursor.mostHeld() ? Left.ALLOWED : Left.FULL;
    }

    /** Whether a filter has to decide for a cause. */
    static boolean due(Cursor cursor, HoldExpiry cause, int visible, long now) {
        return cause == HoldExpiry.FULL
                ? cursor.beforeRouting || visible > 0
                : cursor.deadline <= now && !cursor.blocked;
    }

    /** The cause given to a filter whose deadline has passed. */
    static HoldExpiry deadlineCause(Cursor cursor) {
        return cursor.silent ? HoldExpiry.SILENCE : HoldExpiry.DEADLINE;
    }

    /**
     * Ends the deadline of a filter that is about to decide. Nothing is waited for a second time.
     *
     * @param room whether more bytes could be read for it
     */
    static void expired(Cursor cursor, HoldExpiry cause, boolean room) {
        cursor.silent = false;
        cursor.beforeRouting &= cause == HoldExpiry.FULL && room;
        if (!cursor.beforeRouting) {
            cursor.deadline = Cursor.NONE;
        }
    }

    /** Ends all deadlines of a filter that has detached. */
    static void detached(Cursor cursor) {
        cursor.beforeRouting = false;
        cursor.silent = false;
        cursor.deadline = Cursor.NONE;
    }
}
