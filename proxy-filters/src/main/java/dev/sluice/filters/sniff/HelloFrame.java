package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * The framing of a ClientHello that may be cut into any number of TLS records (RFC 8446 section 5.1): finds its end.
 * Reads headers only, in the order in which they are sent, and remembers nothing between calls. The bytes begin as
 * {@link Protocol#TLS} does.
 */
final class HelloFrame {
    /** The header of a record: type, version, length. */
    static final int RECORD_HEADER = 5;
    /** The header of a handshake message: type, and length in three bytes. */
    static final int MESSAGE_HEADER = 4;

    private static final int HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int CLIENT_HELLO = 1;
    private static final int MAX_FRAGMENT = 1 << 14;

    private final BorrowedBytes bytes;
    private final int maxBytes;
    /** The place of the current record's header. */
    private int record;
    /** The number of bytes of the message in earlier records. */
    private int seen;
    /** The number of bytes of the message with its header; only the header until the length is known. */
    private int size = MESSAGE_HEADER;
    private boolean sizeKnown;
    /** The length in the message header, as far as it was read. */
    private int messageLength;

    private HelloFrame(BorrowedBytes bytes, int maxBytes) {
        this.bytes = bytes;
        this.maxBytes = maxBytes;
    }

    /**
     * {@return the number of bytes with which more can be said about the ClientHello: at most the length of
     * {@code bytes} if it is complete, and never more than {@code maxBytes}}
     *
     * @param maxBytes the most bytes that can be held, from the first record on
     * @throws RefusedHelloException if this is no ClientHello, is cut in a way that is not allowed, or cannot end
     *     within {@code maxBytes}
     */
    static int needed(BorrowedBytes bytes, int maxBytes) throws RefusedHelloException {
        return new HelloFrame(bytes, maxBytes).walk();
    }

    private int walk() throws RefusedHelloException {
        while (bytes.length() >= record + RECORD_HEADER) {
            int fragment = fragment();
            int begin = record + RECORD_HEADER;
            if (!sizeKnown && !readSize(begin, fragment)) {
                return bytes.length() + 1;
            }
            if (seen + fragment >= size) {
                if (seen + fragment > size) {
                    throw new RefusedHelloException(
                            (seen + fragment - size) + " bytes behind the message in its record");
                }
                checkFits(begin + size - seen);
                return begin + size - seen;
            }
            seen += fragment;
            record = begin + fragment;
            checkFits(record + RECORD_HEADER + size - seen);
        }
        return record + RECORD_HEADER;
    }

    /** {@return the length of the current record} */
    private int fragment() throws RefusedHelloException {
        int type = bytes.getUnsigned(record);
        if (type != HANDSHAKE) {
            throw new RefusedHelloException("a record of type " + type + " within the message");
        }
        // The minor version means nothing: RFC 8446 section 5.1, RFC 5246 appendix E.1.
        if (bytes.getUnsigned(record + 1) != MAJOR_VERSION) {
            throw new RefusedHelloException("a record of version " + bytes.getUnsigned(record + 1) + "."
                    + bytes.getUnsigned(record + 2));
        }
        int fragment = bytes.getUnsignedShort(record + 3);
        if (fragment == 0) {
            throw new RefusedHelloException("an empty record");
        }
        if (fragment > MAX_FRAGMENT) {
            throw new RefusedHelloException("a record of " + fragment + " bytes; at most " + MAX_FRAGMENT
                    + " are allowed");
        }
        return fragment;
    }

    /**
     * Reads the part of the message header that is there.
     *
     * @return false if bytes of this record that belong to it are missing
     */
    private boolean readSize(int begin, int fragment) throws RefusedHelloException {
        int count = Math.min(fragment, MESSAGE_HEADER - seen);
        for (int i = 0; i < count; i++) {
            if (begin + i == bytes.length()) {
                return false;
            }
            int b = bytes.getUnsigned(begin + i);
            if (seen + i > 0) {
                messageLength = (messageLength << Byte.SIZE) | b;
            } else if (b != CLIENT_HELLO) {
                throw new RefusedHelloException("a handshake message of type " + b + " instead of it");
            }
        }
        if (seen + count == MESSAGE_HEADER) {
            size = MESSAGE_HEADER + messageLength;
            sizeKnown = true;
        }
        return true;
    }

    private void checkFits(int needed) throws RefusedHelloException {
        if (needed > maxBytes) {
            throw new RefusedHelloException(size + " bytes, which with their records do not fit in maxBytes, "
                    + maxBytes);
        }
    }
}
