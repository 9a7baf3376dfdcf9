package dev.sluice.runtime.chain;

import java.time.Duration;

import dev.sluice.api.HoldExpiry;

/**
 * Rules of what a filter may leave unforwarded: how much is shown to it, when it is worth a call, and when it has to decide. Pure functions of a
 * {@link Cursor}, with times as arguments.
 */
final class Holds {
    /** The state of what a filter has left. */
    enum Left {
        /** Nothing, or no more than it may. */
        ALLOWED,
        /** Something, although its traits declare no {@code maxHeldBytes}. */
        UNDECLARED,
        /** As much as it may, or it waits for more than that: it has to decide. */
        FULL
    }

    private Holds() {}

    /** The cursor's connection was accepted: the times run for which routing waits. */
    static void start(Cursor cursor, long now) {
        if (cursor.beforeRouting) {
            Duration silence = cursor.slot.traits().silenceDeadline();
            cursor.silent = silence != null;
            cursor.deadline = now + (silence == null ? cursor.slot.traits().holdDeadline() : silence).toNanos();
        }
    }

    /** The client has sent its first byte. */
    static void begun(Cursor cursor, long now) {
        if (cursor.silent) {
            cursor.silent = false;
            cursor.deadline = now + cursor.slot.traits().holdDeadline().toNanos();
        }
    }

    /**
     * How much of what a filter may see is shown at once.
     *
     * @param room for what a transforming filter puts out; {@link Integer#MAX_VALUE} for others
     */
    static int portion(Cursor cursor, int visible, int room) {
        int portion = cursor.mostHeld() > 0 ? Math.min(visible, cursor.mostHeld()) : visible;
        return Math.min(portion, room);
    }

    /**
     * Whether a call would show the filter something that it has not seen and waits for.
     *
     * @param again there is room to emit that was not there before
     */
    static boolean worthACall(Cursor cursor, int visible, int portion, boolean again) {
        return portion > 0 && (portion > cursor.shown || again)
                && (portion >= cursor.need || portion < visible);
    }

    /** The filter is not called now: its time runs while it holds something. */
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

    /** The filter has gone on, and has left so much of what it was shown. */
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

    /** The cause that a filter is told when its time is over. */
    static HoldExpiry timeOver(Cursor cursor) {
        return cursor.silent ? HoldExpiry.SILENCE : HoldExpiry.DEADLINE;
    }

    /**
     * A filter is about to decide. Nothing is waited for a second time.
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

    /** The filter has detached. */
    static void over(Cursor cursor) {
        cursor.beforeRouting = false;
        cursor.silent = false;
        cursor.deadline = Cursor.NONE;
    }
}
