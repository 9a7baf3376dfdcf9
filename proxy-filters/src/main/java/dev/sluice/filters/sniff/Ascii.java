package dev.sluice.filters.sniff;

/** Classes of bytes; a byte is 0 to 255. */
final class Ascii {
    private Ascii() {}

    static boolean isDigit(int b) {
        return b >= '0' && b <= '9';
    }

    static boolean isLetter(int b) {
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    static boolean isHexDigit(int b) {
        int lower = b | 0x20;
        return isDigit(b) || (lower >= 'a' && lower <= 'f');
    }

    /** A printable character other than the blank. */
    static boolean isVisible(int b) {
        return b > ' ' && b < 0x7f;
    }

    /**
     * The characters of a label of a host name: letters, digits, hyphen (RFC 1123 section 2.1), and the underscore,
     * which no host may have and many do.
     */
    static boolean isHostByte(int b) {
        return isLetter(b) || isDigit(b) || b == '-' || b == '_';
    }

    static int toLower(int b) {
        return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
    }
}
