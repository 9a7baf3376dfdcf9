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

    /** The cursors of the filters of a connection that see the bytes of a direction; null if none does. */
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

    /** The number of stages that the cursors read and write: one more than there are transforming ones. */
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

    /** Whether a cursor is still at this index. */
    boolean is(int i, Cursor cursor) {
        return i < cursors.length && cursors[i] == cursor;
    }

    /** The index of a cursor; -1 = it has detached. */
    int indexOf(Cursor cursor) {
        for (int i = 0; i < cursors.length; i++) {
            if (cursors[i] == cursor) {
                return i;
            }
        }
        return -1;
    }

    /** The index of a filter's cursor, by the position in the chain; -1 = it has detached, or sees no bytes. */
    int indexOf(int position) {
        for (int i = 0; i < cursors.length; i++) {
            if (cursors[i].slot.position() == position) {
                return i;
            }
        }
        return -1;
    }

    /** The current cursors; not to be changed. */
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

    /** Whether the choice of an endpoint has to wait. */
    boolean waitBeforeRouting() {
        for (Cursor cursor : cursors) {
            if (cursor.beforeRouting) {
                return true;
            }
        }
        return false;
    }

    /** Whether a filter has left bytes because it lacked room. */
    boolean blocked() {
        for (Cursor cursor : cursors) {
            if (cursor.blocked) {
                return true;
            }
        }
        return false;
    }

    /** Whether all remaining filters have detached, and only pass bytes on. */
    boolean allPassThrough() {
        for (Cursor cursor : cursors) {
            if (!cursor.passThrough) {
                return false;
            }
        }
        return true;
    }

    /** The filter that has not let the first bytes of a stage pass; null = none. */
    @Nullable
    String holder(int stage) {
        for (int i = 0; i < cursors.length; i++) {
            Cursor cursor = cursors[i];
            boolean suspends = cursor.transforms() && cursor.stage == stage - 1 && cursor.suspended > 0;
            if (suspends || (cursor.stage == stage && visible(i) > 0)) {
                return cursor.slot.name();
            }
        }
        return null;
    }

    /** The first time at which a filter has to decide. */
    long deadline() {
        long next = Cursor.NONE;
        for (Cursor cursor : cursors) {
            next = Math.min(next, cursor.deadline);
        }
        return next;
    }

    /** Notes that the first bytes of the client have arrived. */
    void begun(long now) {
        for (Cursor cursor : cursors) {
            Holds.begun(cursor, now);
        }
    }

    /** The number of bytes that a cursor may see. */
    int visible(int i) {
        return cursors[i].unforwarded - behind(i);
    }

    /** Adds bytes that have arrived in a stage. */
    void arrived(int stage, int count) {
        for (Cursor cursor : cursors) {
            if (cursor.stage == stage) {
                cursor.unforwarded += count;
            }
        }
    }

    /** The number of bytes behind those that a cursor may see: the filter before it has not forwarded them. */
    int behind(int i) {
        return i > 0 && cursors[i - 1].stage == cursors[i].stage ? cursors[i - 1].unforwarded : 0;
    }

    /**
     * The number of bytes of the last stage that may not be sent yet.
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
