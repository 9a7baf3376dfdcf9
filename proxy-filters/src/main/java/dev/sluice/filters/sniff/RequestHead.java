package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;
import org.jspecify.annotations.Nullable;

/**
 * Method and host of an HTTP/1 request. The host is that of the target, if it has one ({@code GET http://host/}, RFC
 * 9112 section 3.2.2), otherwise that of the only Host header. There is none if there are two headers, or if it is not
 * a valid host: letters, digits, hyphens, underscores and dots, or an IPv6 address in brackets.
 *
 * <p>Looks at the first {@link RequestLine#WINDOW} bytes, and in them at {@value #MAX_LINES} headers; the Host header
 * should be the first of all (RFC 9110 section 7.2).
 */
final class RequestHead {
    private static final int MAX_LINES = 128;
    private static final int MAX_HOST = 255;
    private static final String HEADER = "host:";
    private static final String[] SCHEMES = {"http://", "https://"};

    private final BorrowedBytes bytes;
    private final int known;
    private final RequestLine line;
    private boolean complete;
    private int hostFrom;
    private int hostTo;

    private RequestHead(BorrowedBytes bytes) {
        this.bytes = bytes;
        this.known = Math.min(bytes.length(), RequestLine.WINDOW);
        this.line = RequestLine.read(bytes);
        int authority = authority();
        if (authority > 0) {
            complete = true;
            readHost(authority, authorityEnd(authority));
        } else {
            readHeaders();
        }
    }

    /** Reads the bytes that are there, from the request line on, which is complete. */
    static RequestHead read(BorrowedBytes bytes) {
        return new RequestHead(bytes);
    }

    /** {@return whether more bytes would change nothing} */
    boolean complete() {
        return complete;
    }

    /** {@return the method, as it is written} */
    Spelling method() {
        return ByteSpelling.exactly(bytes, line.methodFrom(), line.methodTo());
    }

    /** The host, in lower case, without port and final dot; null if there is none (yet). */
    @Nullable
    Spelling host() {
        return hostTo == hostFrom ? null : ByteSpelling.lowerCase(bytes, hostFrom, hostTo);
    }

    /** {@return the start of the authority of an absolute target; 0 if it is not absolute} */
    private int authority() {
        for (String scheme : SCHEMES) {
            if (isAt(line.targetFrom(), line.targetTo(), scheme)) {
                return line.targetFrom() + scheme.length();
            }
        }
        return 0;
    }

    private int authorityEnd(int from) {
        int end = from;
        while (end < line.targetTo() && "/?#".indexOf(bytes.getUnsigned(end)) < 0) {
            end++;
        }
        return end;
    }

    private void readHeaders() {
        boolean found = false;
        int begin = line.end();
        for (int lines = 0; lines < MAX_LINES; lines++) {
            int feed = bytes.indexOf((byte) '\n', begin, known);
            if (feed < 0) {
                complete = known == RequestLine.WINDOW;
                return;
            }
            int end = feed > begin && bytes.get(feed - 1) == '\r' ? feed - 1 : feed;
            if (end == begin) {
                break;
            }
            if (isAt(begin, end, HEADER)) {
                if (found) {
                    hostTo = hostFrom;
                    break;
                }
                found = true;
                readHost(begin + HEADER.length(), end);
            }
            begin = feed + 1;
        }
        complete = true;
    }

    /** Takes the host in {@code [begin, end)}, if there is one. */
    private void readHost(int begin, int end) {
        int from = begin;
        while (from < end && isBlank(from)) {
            from++;
        }
        int to = end;
        while (to > from && isBlank(to - 1)) {
            to--;
        }
        int hostEnd = from < to && bytes.get(from) == '[' ? addressEnd(from, to) : nameEnd(from, to);
        if (hostEnd - from > MAX_HOST || !isPort(hostEnd, to)) {
            return;
        }
        hostFrom = from;
        hostTo = hostEnd > from && bytes.get(hostEnd - 1) == '.' ? hostEnd - 1 : hostEnd;
    }

    private int nameEnd(int from, int to) {
        int end = from;
        while (end < to && (bytes.get(end) == '.' || Ascii.isHostByte(bytes.getUnsigned(end)))) {
            end++;
        }
        return end;
    }

    private int addressEnd(int from, int to) {
        int end = from + 1;
        while (end < to && (bytes.get(end) == ':' || bytes.get(end) == '.'
                || Ascii.isHexDigit(bytes.getUnsigned(end)))) {
            end++;
        }
        return end < to && bytes.get(end) == ']' ? end + 1 : from;
    }

    /** {@return whether this is a port with its colon, or nothing} */
    private boolean isPort(int from, int to) {
        for (int i = from; i < to; i++) {
            if (i == from ? bytes.get(i) != ':' : !Ascii.isDigit(bytes.getUnsigned(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean isBlank(int index) {
        return bytes.get(index) == ' ' || bytes.get(index) == '\t';
    }

    /** {@return whether the bytes equal a text in lower case, in any case} */
    private boolean isAt(int from, int to, String text) {
        if (to - from < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Ascii.toLower(bytes.getUnsigned(from + i)) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
