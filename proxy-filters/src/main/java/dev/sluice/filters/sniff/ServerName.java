package dev.sluice.filters.sniff;

import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * The name in the server_name extension of a ClientHello (RFC 6066 section 3): in lower case, without a final dot.
 *
 * <p>A name has labels of 1 to 63 letters, digits, hyphens and underscores, joined by dots, 253 characters at most (RFC 1123 section 2.1; the
 * underscore is no host's, but in use). Anything else is refused. An address is no name, which is why RFC 6066 forbids it here; clients that send
 * one nevertheless are treated as if they had sent none.
 */
final class ServerName implements Spelling {
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;
    private static final int IPV4_LABELS = 4;

    private final HelloReader in;
    private final long mark;
    private int length;
    private int left;

    private ServerName(HelloReader in, int length) {
        this.in = in;
        this.mark = in.mark();
        this.length = length;
        this.left = length;
    }

    /**
     * Reads a name.
     *
     * @param length of it; so many bytes are there
     * @return null if it is an address
     * @throws RefusedHelloException if it is neither a name nor an address
     */
    static @Nullable ServerName read(HelloReader in, int length) throws RefusedHelloException {
        ServerName name = new ServerName(in, length);
        boolean isAddress = name.isIpv6() || name.isIpv4();
        in.reset(name.mark);
        in.skip(length, "server name");
        return isAddress ? null : name;
    }

    @Override
    public void rewind() {
        in.reset(mark);
        left = length;
    }

    @Override
    public int next() {
        if (left == 0) {
            return END;
        }
        left--;
        return Ascii.toLower(in.next());
    }

    /** Whether it can be nothing else: no name has a colon. */
    private boolean isIpv6() {
        int colons = 0;
        rewind();
        for (int c = next(); c != END; c = next()) {
            if (c == ':') {
                colons++;
            } else if (c != '.' && !Ascii.isHexDigit(c)) {
                return false;
            }
        }
        return colons >= 2;
    }

    /** Whether it is four numbers. @throws RefusedHelloException if it is not even a name */
    private boolean isIpv4() throws RefusedHelloException {
        int labels = 1;
        int label = 0;
        boolean numeric = true;
        rewind();
        for (int i = 0; i < length; i++) {
            int c = next();
            if (c != '.') {
                checkByte(c, i);
                numeric &= Ascii.isDigit(c);
                label++;
            } else if (i < length - 1) {
                checkLabel(label);
                labels++;
                label = 0;
            } else {
                length--;
            }
        }
        checkLabel(label);
        if (length > MAX_NAME) {
            throw new RefusedHelloException("a server name of " + length + " characters; at most " + MAX_NAME
                    + " are allowed");
        }
        return numeric && labels == IPV4_LABELS;
    }

    private static void checkByte(int c, int position) throws RefusedHelloException {
        if (!Ascii.isHostByte(c)) {
            throw new RefusedHelloException("the byte 0x" + HexFormat.of().toHexDigits((byte) c) + " at position "
                    + position
                    + " of the server name; letters, digits, hyphens, underscores and dots are allowed");
        }
    }

    private static void checkLabel(int length) throws RefusedHelloException {
        if (length == 0 || length > MAX_LABEL) {
            throw new RefusedHelloException("a label of " + length + " characters in the server name; 1 to "
                    + MAX_LABEL + " are allowed");
        }
    }
}
