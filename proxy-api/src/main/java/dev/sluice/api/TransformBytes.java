package dev.sluice.api;

/**
 * Bytes lent to a {@link TransformFilter}: they may also be dropped, and others emitted in their place. What is forwarded and what
 * is emitted comes out in the order of the calls. Output has a limit for one callback, {@link #emitCapacity}; a filter that reaches it leaves the
 * rest unforwarded. One that has emitted and leaves bytes is called again as soon as there is room, also without new bytes.
 *
 * <p>At the end of the stream there is a last {@code onData}, with {@link #endOfStream} and what is still held, perhaps nothing, so that something
 * may be emitted behind the last byte; what it leaves goes to {@code onHoldExpired}. In both, at least {@code memory.readBuffer} less what is held
 * downstream can be emitted.
 */
@Incubating
public interface TransformBytes extends BorrowedBytes {
    /** Takes the next {@code count} bytes out of the stream. */
    void drop(int count);

    /** How many more bytes can be forwarded or emitted in this callback. */
    int emitCapacity();

    /** Puts bytes into the stream. @throws IllegalStateException beyond {@link #emitCapacity} */
    void emit(byte[] source, int offset, int length);
}
