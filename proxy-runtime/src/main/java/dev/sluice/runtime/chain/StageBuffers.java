package dev.sluice.runtime.chain;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.observe.OwnedBytes;
import org.jspecify.annotations.Nullable;

/**
 * The buffers between transforming filters. A direction has one stage more than it has such filters, and the bytes in a
 * stage are the content of its buffer. The buffer of the last stage is the relay's, and lent for each run; the others
 * are here, and exist only while they have content.
 */
final class StageBuffers {
    private static final Buffer[] NO_BUFFERS = {};

    private final @Nullable Buffer[] inner;

    StageBuffers(int count) {
        this.inner = count == 1 ? NO_BUFFERS : new Buffer[count - 1];
    }

    /** The number of the last stage. */
    int last() {
        return inner.length;
    }

    /**
     * Borrows the buffers needed for a run.
     *
     * @return false if memory has none; nothing has been borrowed then
     */
    boolean open(LoopMemory memory) {
        for (int i = 0; i < inner.length; i++) {
            Buffer borrowed = memory.borrow(inner[i]);
            if (borrowed == null) {
                shut(memory);
                return false;
            }
            inner[i] = borrowed;
        }
        return true;
    }

    /** Gives back the empty buffers, and keeps the rest in cells of about their size. */
    void shut(LoopMemory memory) {
        for (int i = 0; i < inner.length; i++) {
            Buffer buffer = inner[i];
            if (buffer != null && buffer.content() == 0) {
                memory.giveBack(buffer);
                inner[i] = null;
            } else if (buffer != null) {
                inner[i] = memory.keep(buffer);
            }
        }
    }

    /** Gives all buffers back. */
    void close(LoopMemory memory) {
        for (int i = 0; i < inner.length; i++) {
            Buffer buffer = inner[i];
            if (buffer != null) {
                memory.giveBack(buffer);
                inner[i] = null;
            }
        }
    }

    /** Drops the content of the stages before one. */
    void dropBefore(int stage) {
        for (int i = 0; i < stage; i++) {
            Buffer buffer = inner[i];
            if (buffer != null) {
                buffer.clear();
            }
        }
    }

    /** The size of the buffers held now. */
    int bufferBytes() {
        int sum = 0;
        for (Buffer buffer : inner) {
            sum += buffer == null ? 0 : buffer.capacity();
        }
        return sum;
    }

    /** Adds the buffers held now to those of the filters that have not let their content pass. */
    void addOwned(OwnedBytes sum, CursorList cursors) {
        for (int i = 0; i < inner.length; i++) {
            Buffer buffer = inner[i];
            if (buffer == null) {
                continue;
            }
            String holder = cursors.holder(i);
            if (holder == null) {
                sum.waiting(buffer);
            } else {
                sum.held(holder, buffer);
            }
        }
    }

    /** The content of a stage. */
    Buffer content(int stage, Buffer last) {
        if (stage == inner.length) {
            return last;
        }
        Buffer buffer = inner[stage];
        if (buffer == null) {
            throw new IllegalStateException("not open");
        }
        return buffer;
    }

    /** The buffer to read into, with all its room behind its content. */
    Buffer input(Buffer last) {
        Buffer input = content(0, last);
        input.makeRoom();
        return input;
    }

    /** The buffer that a transforming filter emits to, with all its room behind its content; null for others. */
    @Nullable
    Buffer target(Cursor cursor, Buffer last) {
        if (!cursor.transforms()) {
            return null;
        }
        Buffer target = content(cursor.stage + 1, last);
        target.makeRoom();
        return target;
    }

    /** The number of bytes that a transforming filter can emit; no limit for others. */
    static int room(@Nullable Buffer target) {
        return target == null ? Integer.MAX_VALUE : target.room();
    }

    /** Removes the bytes that a stage's last filter has taken from the stage. */
    void dropConsumed(Cursor cursor) {
        if (cursor.transforms()) {
            Buffer source = inner[cursor.stage];
            if (source != null) {
                source.discard(source.content() - cursor.unforwarded);
            }
        }
    }
}
