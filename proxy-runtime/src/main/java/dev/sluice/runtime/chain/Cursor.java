package dev.sluice.runtime.chain;

import java.util.Objects;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.StaleBytesException;
import dev.sluice.api.TransformBytes;
import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Position of one filter in one direction of one connection, and its view of the bytes while it is called. The view is
 * valid on the loop's thread during the callback only. It is never reused for another connection, so that a filter that
 * keeps it can never see another's bytes.
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
    /** {@link #deadline}: none. */
    static final long NONE = Long.MAX_VALUE;

    final FilterSlot slot;
    final ConnectionFilter filter;
    private final Thread thread;
    /** The stage whose content this reads; a transforming cursor writes to the next stage. */
    final byte stage;
    /** Whether routing waits for this filter. */
    boolean beforeRouting;
    /** Whether routing waits for this filter, and its deadline for a client that has sent nothing is running. */
    boolean silent;
    /**
     * Whether this is a transforming filter that has detached: it passes everything on, because its stage has to end
     * somewhere.
     */
    boolean passThrough;
    /**
     * Whether the filter has left bytes after it emitted some, so perhaps lacked room: then it is called again without
     * new bytes.
     */
    boolean blocked;

    /** The number of bytes at the end of the stage's content that the filter has not forwarded. */
    int unforwarded;
    /** The number of unforwarded bytes that the filter has seen. */
    int shown;
    /** The number of visible bytes below which the filter is not called again. */
    int need;
    /** The number of bytes forwarded by a callback that returned SUSPEND. */
    int suspended;
    /** The time at which the filter has to decide. */
    long deadline = NONE;

    // Fields in use during a callback.
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
     * @param destination the next stage, of a transforming filter; null for others
     */
    void lend(Buffer content, int start, int count, @Nullable Buffer destination, boolean isLast, Callback current) {
        source = content;
        target = destination;
        from = start;
        length = count;
        taken = 0;
        emitted = 0;
        need = 0;
        last = isLast;
        callback = current;
    }

    /** Ends the loan, when the callback has returned. */
    void takeBack() {
        blocked = taken < length && emitted > 0 && target != null;
        source = null;
        target = null;
    }

    /** The number of bytes forwarded or dropped by the last callback. */
    int taken() {
        return taken;
    }

    /** The number of bytes put into the next stage by the last callback. */
    int emitted() {
        return emitted;
    }

    int lent() {
        return length;
    }

    private Buffer bytes() {
        Buffer lent = source;
        if (lent == null || Thread.currentThread() != thread) {
            throw new StaleBytesException(slot.label() + " used BorrowedBytes "
                    + (lent == null ? "after" : "outside of the thread of") + " the callback they were lent for, "
                    + callback.label()
                    + ": copy what is needed later, or use ConnectionContext.retain");
        }
        return lent;
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
        Buffer lent = bytes();
        int at = checked(index, Short.BYTES);
        return ((lent.byteAt(at) & 0xff) << 8) | (lent.byteAt(at + 1) & 0xff);
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
        Buffer lent = bytes();
        Objects.checkFromToIndex(start, end, length);
        for (int i = start; i < end; i++) {
            if (lent.byteAt(from + i) == value) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean startsWith(byte[] prefix) {
        Buffer lent = bytes();
        if (prefix.length > length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (lent.byteAt(from + i) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void copyTo(int start, byte[] destination, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, destination.length);
        bytes().copyTo(checked(start, count), destination, offset, count);
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
        Buffer lent = bytes();
        Objects.checkFromIndexSize(taken, count, length);
        Buffer destination = target;
        if (destination != null) {
            checkRoom(destination, count);
            destination.append(lent, from + taken, count);
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
        Buffer destination = output();
        Objects.checkFromIndexSize(offset, count, bytesToEmit.length);
        checkRoom(destination, count);
        destination.append(bytesToEmit, offset, count);
        emitted += count;
    }

    private Buffer output() {
        Buffer destination = target;
        if (destination == null) {
            throw new IllegalStateException(
                    slot.label() + " may not change bytes: it did not declare FilterTraits.transforms");
        }
        return destination;
    }

    private static void checkRoom(Buffer destination, int count) {
        if (count > destination.room()) {
            throw new IllegalStateException("cannot emit " + count + " bytes: emitCapacity is " + destination.room());
        }
    }
}
