package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;

/**
 * The first line of HTTP/1, {@code METHOD target HTTP/1.x} (RFC 9112 section 3). It is certain only at its end, since
 * mail and other line protocols begin with words too. A method consists of capitals, hyphens and underscores, as all
 * registered ones do.
 */
final class RequestLine {
    /**
     * The most bytes of a request that are read. Servers refuse longer lines (RFC 9112 asks for 8,000 bytes to be
     * possible); and since nothing is remembered between calls, this bounds the work that a client can cause by sending
     * bytes one by one.
     */
    static final int WINDOW = 8 * 1024;

    private static final int MAX_METHOD = 32;
    private static final String VERSION = "HTTP/1.";
    private static final int MISSING = -1;

    private final BorrowedBytes bytes;
    private final int known;
    private final Detector.Answer answer;
    private int at;
    private int methodFrom;
    private int methodTo;
    private int targetFrom;
    private int targetTo;

    private RequestLine(BorrowedBytes bytes) {
        this.bytes = bytes;
        this.known = Math.min(bytes.length(), WINDOW);
        this.answer = read();
    }

    /** A {@link Detector}. */
    static Detector.Answer examine(BorrowedBytes bytes) {
        return read(bytes).answer;
    }

    /** Reads the part of the line that is there. */
    static RequestLine read(BorrowedBytes bytes) {
        return new RequestLine(bytes);
    }

    int methodFrom() {
        return methodFrom;
    }

    int methodTo() {
        return methodTo;
    }

    int targetFrom() {
        return targetFrom;
    }

    int targetTo() {
        return targetTo;
    }

    /** {@return the index behind the end of the line} */
    int end() {
        return at;
    }

    private Detector.Answer read() {
        // One empty line is to be ignored: RFC 9112 section 2.2.
        if (peek() == '\r') {
            at++;
            if (peek() != '\n') {
                return unlessMissing();
            }
            at++;
        }
        methodFrom = at;
        while (isMethodByte(peek())) {
            at++;
        }
        methodTo = at;
        if (methodTo - methodFrom > MAX_METHOD) {
            return Detector.Answer.NOT_POSSIBLE;
        }
        if (peek() != ' ' || methodTo == methodFrom) {
            return unlessMissing();
        }
        at++;
        targetFrom = at;
        while (isTargetByte(peek())) {
            at++;
        }
        targetTo = at;
        if (peek() != ' ' || targetTo == targetFrom) {
            return unlessMissing();
        }
        at++;
        return readVersion();
    }

    private Detector.Answer readVersion() {
        for (int i = 0; i < VERSION.length(); i++, at++) {
            if (peek() != VERSION.charAt(i)) {
                return unlessMissing();
            }
        }
        if (!Ascii.isDigit(peek())) {
            return unlessMissing();
        }
        at++;
        if (peek() == '\r') {
            at++;
        }
        if (peek() != '\n') {
            return unlessMissing();
        }
        at++;
        return Detector.Answer.MATCH;
    }

    private int peek() {
        return at < known ? bytes.getUnsigned(at) : MISSING;
    }

    /** {@return the answer for a byte that is not the expected one} */
    private Detector.Answer unlessMissing() {
        return at < known || known == WINDOW ? Detector.Answer.NOT_POSSIBLE : Detector.Answer.NEED_MORE;
    }

    private static boolean isMethodByte(int b) {
        return (b >= 'A' && b <= 'Z') || b == '-' || b == '_';
    }

    /** Not only what a URI may have: browsers send more. */
    private static boolean isTargetByte(int b) {
        return Ascii.isVisible(b) || b >= 0x80;
    }
}
