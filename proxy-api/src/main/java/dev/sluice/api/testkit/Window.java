package dev.sluice.api.testkit;

import java.util.Objects;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.StaleBytesException;
import dev.sluice.api.TransformBytes;

/** The bytes lent to one callback. Checks every use; after the callback, no byte can be read through it. */
class Window implements BorrowedBytes {
    final Stream stream;
    private final Thread owner = Thread.currentThread();
    private final String callback;
    private final byte[] bytes;
    private final int start;
    private final int length;
    private final boolean endOfStream;
    private boolean revoked;
    /** The number of bytes forwarded or dropped. */
    int consumed;
    int need;

    Window(Stream stream, String callback, byte[] bytes, int start, int length, boolean endOfStream) {
        this.stream = stream;
        this.callback = callback;
        this.bytes = bytes;
        this.start = start;
        this.length = length;
        this.endOfStream = endOfStream;
    }

    static Window of(Stream stream, String callback, byte[] bytes, int start, int length, boolean endOfStream) {
        return stream.connection.traits.transforming()
                ? new Transforming(stream, callback, bytes, start, length, endOfStream,
                        stream.connection.settings.readBuffer())
                : new Window(stream, callback, bytes, start, length, endOfStream);
    }

    /** Whether nothing will follow these bytes. */
    final boolean last() {
        return endOfStream;
    }

    final void revoke() {
        revoked = true;
    }

    final void check() {
        // The thread first: another thread may see a stale value of the flag.
        if (Thread.currentThread() != owner) {
            throw stale("were used by thread " + Thread.currentThread().getName());
        }
        if (revoked) {
            throw stale("were used after that callback had returned");
        }
    }

    private StaleBytesException stale(String what) {
        StaleBytesException exception = new StaleBytesException(
                "the bytes lent to " + stream.connection.filterName() + " for "
                        + callback + " (" + stream.direction.label() + ") " + what
                        + "; copy what is needed later, or retain it");
        stream.connection.note(exception);
        return exception;
    }

    private int at(int index, int count) {
        check();
        return start + Objects.checkFromIndexSize(index, count, length);
    }

    @Override
    public int length() {
        check();
        return length;
    }

    @Override
    public byte get(int index) {
        return bytes[at(index, 1)];
    }

    @Override
    public int getUnsignedShort(int index) {
        int at = at(index, Short.BYTES);
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    @Override
    public int getInt(int index) {
        at(index, Integer.BYTES);
        return getUnsignedShort(index) << 16 | getUnsignedShort(index + 2);
    }

    @Override
    public long getLong(int index) {
        at(index, Long.BYTES);
        return (long) getInt(index) << 32 | (getInt(index + 4) & 0xffff_ffffL);
    }

    @Override
    public int indexOf(byte value, int from, int to) {
        check();
        Objects.checkFromToIndex(from, to, length);
        for (int i = from; i < to; i++) {
            if (bytes[start + i] == value) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean startsWith(byte[] prefix) {
        check();
        if (prefix.length > length) {
            return false;
        }
        for (int i = 0; i < prefix.length; i++) {
            if (bytes[start + i] != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void copyTo(int from, byte[] target, int offset, int count) {
        System.arraycopy(bytes, at(from, count), target, offset, count);
    }

    @Override
    public boolean endOfStream() {
        check();
        return endOfStream;
    }

    @Override
    public int forwarded() {
        check();
        return consumed;
    }

    @Override
    public void forward(int count) {
        check();
        consume(count);
    }

    @Override
    public void needAtLeast(int total) {
        check();
        if (total < 0) {
            throw new IllegalArgumentException("needAtLeast(" + total + "): a number of bytes is not negative");
        }
        need = total;
    }

    /**
     * Counts bytes that leave the stream.
     *
     * @return the index of the first of them
     */
    final int consume(int count) {
        int at = start + Objects.checkFromIndexSize(consumed, count, length);
        consumed += count;
        return at;
    }

    /**
     * {@return the number of bytes that the callback has put out: those that it has forwarded, unless it transforms}
     */
    int emitted() {
        return consumed;
    }

    /** The bytes lent to a filter that transforms. Its output is staged, in the order of the calls. */
    static final class Transforming extends Window implements TransformBytes {
        private final byte[] bytes;
        private final int capacity;
        private int emitted;

        Transforming(Stream stream, String callback, byte[] bytes, int start, int length, boolean endOfStream,
                int capacity) {
            super(stream, callback, bytes, start, length, endOfStream);
            this.bytes = bytes;
            this.capacity = capacity;
        }

        @Override
        public void forward(int count) {
            check();
            room(count);
            put(bytes, consume(count), count);
        }

        @Override
        public void drop(int count) {
            check();
            consume(count);
        }

        @Override
        public int emitCapacity() {
            check();
            return capacity - emitted;
        }

        @Override
        public void emit(byte[] source, int offset, int count) {
            check();
            Objects.checkFromIndexSize(offset, count, source.length);
            room(count);
            put(source, offset, count);
        }

        private void room(int count) {
            if (count > capacity - emitted) {
                throw new IllegalStateException(count + " bytes are more than emitCapacity(), which is "
                        + (capacity - emitted) + "; leave the rest unforwarded and wait to be called again");
            }
        }

        private void put(byte[] source, int offset, int count) {
            stream.staged.append(source, offset, count);
            emitted += count;
        }

        @Override
        int emitted() {
            return emitted;
        }
    }
}
