package dev.sluice.runtime.chain;

import java.util.Objects;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.StaleBytesException;
import dev.sluice.api.TransformBytes;
import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Position of one filter in one direction of one connection, and its view of the bytes while it is called. The view is good on the loop's
 * thread during the callback only; it belongs to one connection for ever, so that a filter that keeps it can never see bytes of another.
 *
 * <pre>
 *   content of the stage:  | forwarded | shown and left | new | behind: not forwarded by the filter before |
 *                                      |◀──────────────── unforwarded ─────────────────▶|
 *
 *   state                  flags                           left by
 *   waited for, silent     beforeRouting, silent           first byte (begun), SILENCE, detach
 *   waited for             beforeRouting                   DEADLINE, END_OF_STREAM, FULL without room, detach
 *   watching               none                            detach, end of stream
 *   short of room          blocked                         the next call, when the last buffer has been sent
 *   gone, passing on       passThrough (transforms only)   everything before it has ended
 * </pre>
 */
final class Cursor implements TransformBytes {
    /** {@link #deadline}: there is none. */
    static final long NONE = Long.MAX_VALUE;

    final FilterSlot slot;
    final ConnectionFilter filter;
    private final Thread thread;
    /** Which content this reads; a transforming cursor writes to the next. */
    final byte stage;
    /** Routing waits for this one. */
    boolean beforeRouting;
    /** Routing waits for this one, and its time for a client that has sent nothing runs. */
    boolean silent;
    /** A transforming one that has detached: passes everything on, as its stage has to end somewhere. */
    boolean passThrough;
    /** It has left bytes after it had emitted some, so perhaps for want of room: it is called again, without new bytes. */
    boolean blocked;

    /** Bytes at the end of the stage's content that it has not forwarded. */
    int unforwarded;
    /** Of these, so many it has seen. */
    int shown;
    /** It is not called again before so many are there. */
    int need;
    /** Forwarded, in the callback that was answered with SUSPEND. */
    int suspended;
    /** When it has to decide. */
    long deadline = NONE;

    // During a callback.
    private @Nullable Buffer source;
    private @Nullable Buffer target;
    private int from;
    private int length;
    private int taken;
    private int emitted;
    private boolean last;
    private Callback callback = Callback.NEW_FILTER;

    Cursor(FilterSlot slot, ConnectionFilter filter, Thread thread, int stage, boolean beforeRouting) {
        this.slot = slot;
        this.filter = filter;
        this.thread = thread;
        this.stage = (byte) stage;
        this.beforeRouting = beforeRouting;
    }

    boolean transforms() {
        return slot.traits().transforming();
    }

    int mostHeld() {
        return slot.traits().maxHeldBytes();
    }

    /**
     * Lends bytes for one callback.
     *
     * @param into of a transforming filter
     */
    void lend(Buffer of, int at, int count, @Nullable Buffer into, boolean isLast, Callback to) {
        source = of;
        target = into;
        from = at;
        length = count;
        taken = 0;
        emitted = 0;
        need = 0;
        last = isLast;
        callback = to;
    }

    /** The callback has returned. */
    void takeBack() {
        blocked = taken < length && emitted > 0 && target != null;
        source = null;
        target = null;
    }

    /** Forwarded or dropped in the last callback. */
    int taken() {
        return taken;
    }

    /** Put into the next stage by the last callback. */
    int emitted() {
        return emitted;
    }

    int lent() {
        return length;
    }

    private Buffer bytes() {
        Buffer here = source;
        if (here == null || Thread.currentThread() != thread) {
            throw new StaleBytesException(slot.label() + " used BorrowedBytes "
                    + (here == null ? "after" : "outside of the thread of") + " the callback they were lent for, "
                    + callback.label()
                    + ": copy what is needed later, or use ConnectionContext.retain");
        }
        return here;
    }

    private int checked(int index, int count) {
        return from + Objects.checkFromIndexSize(index, count, length);
    }

    @Override
    public int length() {
        bytes();
        return length;
    }

    @Override
    public byte get(int index) {
        return bytes().byteAt(checked(index, 1));
    }

    @Override
    public int getUnsignedShort(int index) {
        Buffer here = bytes();
        int at = checked(index, Short.BYTES);
        return ((here.byteAt(at) & 0xff) << 8) | (here.byteAt(at + 1) & 0xff);
    }

    @Override
    public int getInt(int index) {
        return bytes().intAt(checked(index, Integer.BYTES));
    }

    @Override
    public long getLong(int index) {
        return bytes().longAt(checked(index, Long.BYTES));
    }

    @Override
    public int indexOf(byte value, int start, int end) {
        Buffer here = bytes();
        Objects.checkFromToIndex(start, end, length);
        for (int i = start; i < end; i++) {
            if (here.byteAt(from + i) == value) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean startsWith(byte[] prefix) {
        Buffer here = bytes();
        if (prefix.length > length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (here.byteAt(from + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void copyTo(int start, byte[] into, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, into.length);
        bytes().copyTo(checked(start, count), into, offset, count);
    }

    @Override
    public boolean endOfStream() {
        bytes();
        return last;
    }

    @Override
    public int forwarded() {
        bytes();
        return taken;
    }

    @Override
    public void forward(int count) {
        Buffer here = bytes();
        Objects.checkFromIndexSize(taken, count, length);
        Buffer into = target;
        if (into != null) {
            checkRoom(into, count);
            into.append(here, from + taken, count);
            emitted += count;
        }
        taken += count;
    }

    @Override
    public void needAtLeast(int total) {
        bytes();
        if (total < 0) {
            throw new IllegalArgumentException("needAtLeast(" + total + ")");
        }
        need = total;
    }

    @Override
    public void drop(int count) {
        bytes();
        output();
        Objects.checkFromIndexSize(taken, count, length);
        taken += count;
    }

    @Override
    public int emitCapacity() {
        bytes();
        return output().room();
    }

    @Override
    public void emit(byte[] bytesToEmit, int offset, int count) {
        bytes();
        Buffer into = output();
        Objects.checkFromIndexSize(offset, count, bytesToEmit.length);
        checkRoom(into, count);
        into.append(bytesToEmit, offset, count);
        emitted += count;
    }

    private Buffer output() {
        Buffer into = target;
        if (into == null) {
            throw new IllegalStateException(
                    slot.label() + " may not change bytes: it did not declare FilterTraits.transforms");
        }
        return into;
    }

    private static void checkRoom(Buffer into, int count) {
        if (count > into.room()) {
            throw new IllegalStateException("cannot emit " + count + " bytes: emitCapacity is " + into.room());
        }
    }
}
