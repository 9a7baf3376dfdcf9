package dev.sluice.runtime.chain;

/** The filters that still see the bytes of a direction, in order. */
final class Attached {
    private Cursor[] cursors;

    Attached(Cursor[] cursors) {
        this.cursors = cursors;
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

    /** Where a cursor is; -1 = it has detached. */
    int indexOf(Cursor cursor) {
        for (int i = 0; i < cursors.length; i++) {
            if (cursors[i] == cursor) {
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
    boolean allPipes() {
        for (Cursor cursor : cursors) {
            if (!cursor.pipe) {
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
