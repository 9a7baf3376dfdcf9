package dev.sluice.api.testkit;

/**
 * The bytes of a direction that have come and were not forwarded.
 *
 * <pre>
 *   | forwarded | held | unread |
 *               start  read     end
 * </pre>
 */
final class Input {
    private static final int FIRST = 256;

    private byte[] bytes = new byte[FIRST];
    private int start;
    private int read;
    private int end;

    /** Bytes that were read and not forwarded. */
    int held() {
        return read - start;
    }

    /** Bytes that have come and were not read. */
    int unread() {
        return end - read;
    }

    void clear() {
        start = 0;
        read = 0;
        end = 0;
    }

    /** Adds bytes that have come. */
    void append(byte[] source, int offset, int count) {
        if (count > bytes.length - end) {
            int kept = end - start;
            byte[] target = kept + count > bytes.length / 2
                    ? new byte[Math.max(2 * bytes.length, Math.addExact(kept, count))]
                    : bytes;
            System.arraycopy(bytes, start, target, 0, kept);
            bytes = target;
            read -= start;
            end = kept;
            start = 0;
        }
        System.arraycopy(source, offset, bytes, end, count);
        end += count;
    }

    /** Reads bytes: from now on they are held. */
    void read(int count) {
        read += count;
    }

    /** Lends the first bytes that are held to a callback. */
    Window lend(Stream stream, String callback, int length, boolean endOfStream) {
        return Window.of(stream, callback, bytes, start, length, endOfStream);
    }

    /** Forwards bytes that are held. */
    void pass(int count, ByteLog target) {
        target.append(bytes, start, count);
        skip(count);
    }

    /** Leaves bytes that are held behind: others were forwarded in their place. */
    void skip(int count) {
        start += count;
    }

    /** Uses the array from its begin again, if nothing is in it. */
    void rewind() {
        if (start == end) {
            clear();
        }
    }
}
