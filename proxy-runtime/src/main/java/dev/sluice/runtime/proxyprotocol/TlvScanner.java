package dev.sluice.runtime.proxyprotocol;

import org.jspecify.annotations.Nullable;

/**
 * A check of a sequence of TLVs that fills a known number of bytes, byte by byte. The bytes themselves are kept by others.
 *
 * <pre>
 *   TYPE ──► LENGTH ──► SECOND_LENGTH ──► VALUE ──► TYPE …
 * </pre>
 */
final class TlvScanner {
    static final int NONE = -1;

    private enum Place {
        TYPE,
        LENGTH,
        SECOND_LENGTH,
        VALUE
    }

    private final int size;
    /** Whether these are the TLVs within a TLV, whose types are others, without rules of their own. */
    private final boolean nested;
    private Place place = Place.TYPE;
    private int read;
    private int type;
    private int length;
    private int end;
    private int checksumAt = NONE;
    private @Nullable TlvScanner inner;

    /**
     * A check of a sequence.
     *
     * @param size its length: 0, or at least {@link Tlv#HEAD_BYTES}
     */
    TlvScanner(int size) {
        this(size, false);
    }

    private TlvScanner(int size, boolean nested) {
        this.size = size;
        this.nested = nested;
    }

    /** The place of the value of the CRC32c in the sequence; {@link #NONE} if there is none. */
    int checksumAt() {
        return checksumAt;
    }

    /** Takes the next byte. @return the problem, or null */
    @Nullable
    String accept(int value) {
        read++;
        return switch (place) {
            case TYPE -> type(value);
            case LENGTH -> length(value);
            case SECOND_LENGTH -> secondLength(value);
            case VALUE -> value(value);
        };
    }

    private @Nullable String type(int value) {
        type = value;
        place = Place.LENGTH;
        if (isOfType(Tlv.CRC32C) && checksumAt != NONE) {
            return name() + " for the second time, but a header has one checksum";
        }
        int room = size - read - 2;
        return fits(0, 0xffff, room) ? null : name() + " where " + room + " bytes are left for its value; " + allowed();
    }

    private @Nullable String length(int value) {
        length = value << 8;
        place = Place.SECOND_LENGTH;
        int room = size - read - 1;
        return fits(length, length + 0xff, room) ? null : problem("at least " + length, room);
    }

    private @Nullable String secondLength(int value) {
        length |= value;
        int room = size - read;
        if (!fits(length, length, room)) {
            return problem("" + length, room);
        }
        end = read + length;
        place = length == 0 ? Place.TYPE : Place.VALUE;
        if (isOfType(Tlv.CRC32C)) {
            checksumAt = read;
        }
        inner = isOfType(Tlv.SSL) ? new TlvScanner(length - Tlv.SSL_PREFIX_BYTES, true) : null;
        return null;
    }

    private @Nullable String value(int value) {
        String wrong = null;
        if (inner != null && read > end - inner.size) {
            wrong = inner.accept(value);
        }
        if (read == end) {
            place = Place.TYPE;
        }
        return wrong == null ? null : wrong + ", in " + name();
    }

    private boolean isOfType(int wanted) {
        return type == wanted && !nested;
    }

    /** Whether one of the lengths in a range is allowed for the type, with so many bytes up to the end of the sequence. */
    private boolean fits(int least, int most, int room) {
        if (nested) {
            return fillsOrLeavesATlv(least, most, room);
        }
        return switch (type) {
            case Tlv.CRC32C ->
                fillsOrLeavesATlv(Math.max(least, Tlv.CRC32C_BYTES), Math.min(most, Tlv.CRC32C_BYTES), room);
            case Tlv.UNIQUE_ID -> fillsOrLeavesATlv(least, Math.min(most, Tlv.MOST_UNIQUE_ID_BYTES), room);
            case Tlv.SSL ->
                fillsOrLeavesATlv(Math.max(least, Tlv.SSL_PREFIX_BYTES), Math.min(most, Tlv.SSL_PREFIX_BYTES), room)
                        || fillsOrLeavesATlv(Math.max(least, Tlv.SSL_PREFIX_BYTES + Tlv.HEAD_BYTES), most, room);
            default -> fillsOrLeavesATlv(least, most, room);
        };
    }

    private static boolean fillsOrLeavesATlv(int least, int most, int room) {
        return (least <= room && room <= most) || least <= Math.min(most, room - Tlv.HEAD_BYTES);
    }

    private String problem(String lengths, int room) {
        return "length " + lengths + " of " + name() + " with " + room + " bytes left for its value; " + allowed();
    }

    private String allowed() {
        String any = "a TLV may fill the rest of its " + (nested ? "TLV" : "header") + ", or leave at least "
                + Tlv.HEAD_BYTES + " bytes for the next";
        if (nested) {
            return any;
        }
        return switch (type) {
            case Tlv.CRC32C -> "a checksum has " + Tlv.CRC32C_BYTES + ", and " + any;
            case Tlv.UNIQUE_ID -> "a unique id has at most " + Tlv.MOST_UNIQUE_ID_BYTES + ", and " + any;
            case Tlv.SSL -> "SSL has " + Tlv.SSL_PREFIX_BYTES + ", or more with TLVs of at least " + Tlv.HEAD_BYTES
                    + " each, and " + any;
            default -> any;
        };
    }

    private String name() {
        return "TLV " + Escaped.hex(type);
    }
}
