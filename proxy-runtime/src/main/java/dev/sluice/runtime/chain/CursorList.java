package dev.sluice.runtime.chain;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.Direction;
import org.jspecify.annotations.Nullable;

/** Cursors of the filters that still see the bytes of a direction, in order. */
final class CursorList {
    private Cursor[] cursors;

    CursorList(Cursor[] cursors) {
        this.cursors = cursors;
    }

    /** Cursors for the filters of a connection that see the bytes of a direction; null if none does. */
    static @Nullable CursorList of(ConnectionChain chain, Direction direction) {
        List<FilterSlot> slots = chain.plan().slots();
        List<Cursor> cursors = null;
        int stage = 0;
        for (int i = 0; i < slots.size(); i++) {
            FilterSlot slot = slots.get(i);
            if (slot.traits().sees(direction) && !chain.bypassed(i)) {
                cursors = cursors == null ? new ArrayList<>() : cursors;
                boolean waitedFor = slot.traits().beforeRouting() && direction == Direction.CLIENT_TO_UPSTREAM;
                Cursor cursor = new Cursor(slot, chain.filter(i), Thread.currentThread(), stage, waitedFor);
                Holds.start(cursor, chain.nanoTime());
                cursors.add(cursor);
                stage += slot.traits().transforming() ? 1 : 0;
            }
        }
        return cursors == null ? null : new CursorList(cursors.toArray(Cursor[]::new));
    }

    /** Stages that the cursors read and write: one more than there are transforming ones. */
    int stages() {
        Cursor last = cursors[cursors.length - 1];
        return last.stage + (last.transforms() ? 2 : 1);
    }

    int size() {
        return cursors.length;
    }

    Cursor get(int i) {
        return cursors[i];
    }

    /** Whether a cursor is still at its place. */
    boolean is(int i, Cursor cursor) {
        return i < cursors.length && cursors[i] == cursor;
    }

    /** The place of a cursor; -1 = it has detached. */
    int indexOf(Cursor cursor) {
        for (int i = 0; i < cursors.length; i++) {
            if (cursors[i] == cursor) {
                return i;
            }
        }
        return -1;
    }

    /** The place of the cursor of a filter, by its position in the chain; -1 = it has detached, or sees no bytes. */
    int indexOf(int position) {
        for (int i = 0; i < cursors.length; i++) {
            if (cursors[i].slot.position() == position) {
                return i;
            }
        }
        return -1;
    }

    /** All that there are now; not to be changed. */
    Cursor[] now() {
        return cursors;
    }

    void remove(Cursor cursor) {
        Cursor[] rest = new Cursor[cursors.length - 1];
        int at = 0;
        for (Cursor each : cursors) {
            if (each != cursor) {
                rest[at++] = each;
            }
        }
        cursors = rest;
    }

    /** Whether the endpoint may not be chosen yet. */
    boolean waitBeforeRouting() {
        for (Cursor cursor : cursors) {
            if (cursor.beforeRouting) {
                return true;
            }
        }
        return false;
    }

    /** Whether one has left bytes for want of room. */
    boolean blocked() {
        for (Cursor cursor : cursors) {
            if (cursor.blocked) {
                return true;
            }
        }
        return false;
    }

    /** Whether all that are left have detached, and only pass on. */
    boolean allPassThrough() {
        for (Cursor cursor : cursors) {
            if (!cursor.passThrough) {
                return false;
            }
        }
        return true;
    }

    /** The first time at which one has to decide. */
    long deadline() {
        long next = Cursor.NONE;
        for (Cursor cursor : cursors) {
            next = Math.min(next, cursor.deadline);
        }
        return next;
    }

    /** The first bytes of the client have arrived. */
    void begun(long now) {
        for (Cursor cursor : cursors) {
            Holds.begun(cursor, now);
        }
    }

    /** Bytes that a cursor may see. */
    int visible(int i) {
        return cursors[i].unforwarded - behind(i);
    }

    /** Bytes have arrived in a stage. */
    void arrived(int stage, int count) {
        for (Cursor cursor : cursors) {
            if (cursor.stage == stage) {
                cursor.unforwarded += count;
            }
        }
    }

    /** Bytes behind what a cursor may see: those that the filter before it has not forwarded. */
    int behind(int i) {
        return i > 0 && cursors[i - 1].stage == cursors[i].stage ? cursors[i - 1].unforwarded : 0;
    }

    /**
     * Bytes of the last stage that may not be sent yet.
     *
     * @param lastStage its number
     * @param content bytes in it
     */
    int held(int lastStage, int content) {
        for (int i = cursors.length - 1; i >= 0; i--) {
            Cursor cursor = cursors[i];
            if (cursor.stage == lastStage) {
                return cursor.unforwarded;
            }
            if (cursor.suspended > 0 && cursor.stage == lastStage - 1 && cursor.transforms()) {
                return Math.min(cursor.suspended, content);
            }
        }
        return 0;
    }
}
