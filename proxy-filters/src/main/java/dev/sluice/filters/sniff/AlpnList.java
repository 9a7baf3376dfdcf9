package dev.sluice.filters.sniff;

import org.jspecify.annotations.Nullable;

/**
 * The protocols that a ClientHello offers (RFC 7301): joined by commas, in the order of preference, without those of
 * GREASE (RFC 8701). Bytes that are not visible ASCII, commas and percent signs are percent-encoded, so that a name
 * cannot look like two.
 */
final class AlpnList implements Spelling {
    private static final String FIELD = "ALPN protocol list";
    private static final String HEX = "0123456789ABCDEF";
    private static final int MAX_TEXT = 255;
    private static final int GREASE_LENGTH = 2;

    private final HelloReader in;
    private final long mark;
    private final int end;
    /** The number of bytes left of the current name. */
    private int name;
    private boolean first;
    /** The number of digits left to spell of an encoded byte: two, one, or none. */
    private int digits;
    private int encoded;

    private AlpnList(HelloReader in) {
        this.in = in;
        this.mark = in.mark();
        this.end = in.limit();
    }

    /**
     * Reads what the extension contains, to its end.
     *
     * @return null if there is nothing but grease
     * @throws RefusedHelloException if it is no list of names, or is longer than {@value #MAX_TEXT} characters when it
     *     is written out
     */
    static @Nullable AlpnList read(HelloReader in) throws RefusedHelloException {
        int outside = in.narrow(in.u16(FIELD), FIELD);
        AlpnList list = new AlpnList(in);
        do {
            int length = in.u8(FIELD);
            if (length == 0) {
                throw new RefusedHelloException("an empty name in the " + FIELD);
            }
            in.skip(length, FIELD);
        } while (in.offset() < list.end);
        int length = 0;
        list.rewind();
        while (list.next() != END) {
            length++;
        }
        if (length > MAX_TEXT) {
            throw new RefusedHelloException("an " + FIELD + " of " + length + " characters; at most " + MAX_TEXT
                    + " are allowed");
        }
        in.leave(outside, FIELD);
        return length == 0 ? null : list;
    }

    @Override
    public void rewind() {
        in.reset(mark);
        name = 0;
        digits = 0;
        first = true;
    }

    @Override
    public int next() {
        if (digits > 0) {
            digits--;
            return HEX.charAt((encoded >> (4 * digits)) & 0xf);
        }
        if (name == 0) {
            if (!enterName()) {
                return END;
            }
            if (!first) {
                return ',';
            }
            first = false;
        }
        name--;
        int b = in.next();
        if (Ascii.isVisible(b) && b != ',' && b != '%') {
            return b;
        }
        encoded = b;
        digits = 2;
        return '%';
    }

    /** Goes to the next name that does not grease. @return false if there is none */
    private boolean enterName() {
        while (in.offset() < end) {
            name = in.next();
            long begin = in.mark();
            if (name != GREASE_LENGTH || !isGrease(in.next(), in.next())) {
                in.reset(begin);
                return true;
            }
        }
        return false;
    }

    private static boolean isGrease(int high, int low) {
        return high == low && (low & 0xf) == 0xa;
    }
}
