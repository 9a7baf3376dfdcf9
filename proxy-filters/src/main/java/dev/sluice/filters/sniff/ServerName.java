package dev.sluice.filters.sniff;

import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * The name in the server_name extension of a ClientHello (RFC 6066 section 3): in lower case, without a final dot.
 *
 * <p>A name has labels of 1 to 63 letters, digits, hyphens and underscores, joined by dots, 253 characters at most (RFC
 * 1123 section 2.1; the underscore is not allowed in host names, but in use). Clients also send other things here: an
 * address, which RFC 6066 forbids, a name with a port, a name that is not in ASCII. These have a {@link #problem}, and
 * are used in the log only.
 */
final class ServerName implements Spelling {
    private static final int MAX_NAME = 253;
    private static final int MAX_LABEL = 63;
    private static final int IPV4_LABELS = 4;
    private static final String ADDRESS = "an address in place of the server name";
    /** The most characters of {@link #escaped}. */
    private static final int MAX_ESCAPED = 255;

    private final HelloReader in;
    private final long mark;
    private final int sentLength;
    private int length;
    private int left;
    private @Nullable String problem;

    private ServerName(HelloReader in, int length) {
        this.in = in;
        this.mark = in.mark();
        this.sentLength = length;
        this.length = length;
        this.left = length;
    }

    /**
     * Reads a name, or the text that a client sends in its place.
     *
     * @param length its length; that many bytes are there
     */
    static ServerName read(HelloReader in, int length) throws RefusedHelloException {
        ServerName name = new ServerName(in, length);
        name.problem = name.isIpv6() ? ADDRESS : name.find();
        in.reset(name.mark);
        in.skip(length, "server name");
        return name;
    }

    /** {@return the reason for which this is not a DNS name; null if it is one} */
    @Nullable
    String problem() {
        return problem;
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

    /**
     * {@return the text of the client, byte for byte, for a log: other bytes than printable ASCII as {@code \xNN}, and
     * a backslash as two; cut at {@value #MAX_ESCAPED} characters}
     */
    String escaped() {
        StringBuilder text = new StringBuilder();
        in.reset(mark);
        for (int i = 0; i < sentLength && text.length() < MAX_ESCAPED; i++) {
            int c = in.next();
            if (c == '\\') {
                text.append("\\\\");
            } else if (c == ' ' || Ascii.isVisible(c)) {
                text.append((char) c);
            } else {
                text.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
            }
        }
        if (text.length() > MAX_ESCAPED) {
            text.setLength(MAX_ESCAPED);
        }
        return text.toString();
    }

    /** {@return whether it can only be an IPv6 address: no name has a colon} */
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

    /** Finds the {@link #problem}, and removes a final dot. */
    private @Nullable String find() {
        int labels = 1;
        int label = 0;
        boolean numeric = true;
        rewind();
        for (int i = 0; i < sentLength; i++) {
            int c = next();
            if (c != '.') {
                if (!Ascii.isHostByte(c)) {
                    return "the byte 0x" + HexFormat.of().toHexDigits((byte) c) + " at position " + i
                            + " of the server name; letters, digits, hyphens, underscores and dots are allowed";
                }
                numeric &= Ascii.isDigit(c);
                label++;
            } else if (i < sentLength - 1) {
                if (!isLabel(label)) {
                    return badLabel(label);
                }
                labels++;
                label = 0;
            } else {
                length--;
            }
        }
        if (!isLabel(label)) {
            return badLabel(label);
        }
        if (length > MAX_NAME) {
            return "a server name of " + length + " characters; at most " + MAX_NAME + " are allowed";
        }
        return numeric && labels == IPV4_LABELS ? ADDRESS : null;
    }

    private static boolean isLabel(int length) {
        return length > 0 && length <= MAX_LABEL;
    }

    private static String badLabel(int length) {
        return "a label of " + length + " characters in the server name; 1 to " + MAX_LABEL + " are allowed";
    }
}
