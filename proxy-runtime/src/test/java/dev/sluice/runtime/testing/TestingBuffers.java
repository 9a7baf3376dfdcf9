package dev.sluice.runtime.testing;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.MemoryBounds;

/** Buffers for tests of sockets: borrowed, and given back all at once by {@link #close}. */
public final class TestingBuffers implements AutoCloseable {
    private static final int CELLS = 128;

    private final int bytes;
    private final BufferPool pool;

    /** @param bytes that each buffer holds */
    public TestingBuffers(int bytes) {
        this.bytes = bytes;
        this.pool = new BufferPool(new MemoryBounds(bytes, (long) CELLS * bytes, 0, 0), 1);
    }

    public Buffer empty() {
        return Objects.requireNonNull(pool.share(0).borrow(), "all of a test's buffers are lent");
    }

    /** A buffer without content, which a read may fill with so many bytes. */
    public Buffer empty(int readLimit) {
        Buffer buffer = empty();
        buffer.readAtMost(readLimit);
        return buffer;
    }

    public Buffer of(String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        Buffer buffer = empty();
        buffer.append(content, 0, content.length);
        return buffer;
    }

    /** A buffer without any room left; what is in it does not matter. */
    public Buffer full() {
        return refill(empty(), bytes);
    }

    /** Gives a buffer so many bytes of content, whatever they are, instead of what it had. */
    public static Buffer refill(Buffer buffer, int content) {
        buffer.clear();
        buffer.filled(content);
        return buffer;
    }

    /** Forgets the content of a buffer, and lets a read fill it with so many bytes. */
    public static Buffer reuse(Buffer buffer, int readLimit) {
        buffer.clear();
        buffer.readAtMost(readLimit);
        return buffer;
    }

    public static byte[] content(Buffer buffer) {
        byte[] content = new byte[buffer.content()];
        buffer.copyTo(0, content, 0, content.length);
        return content;
    }

    @Override
    public void close() {
        pool.close();
    }
}
