package dev.sluice.runtime.proxyprotocol;

import org.jspecify.annotations.Nullable;

/** A reader of four decimal numbers with dots between them, as in version 1. */
final class Ipv4Scanner {
    private static final int LAST = 3;

    private int bits;
    private int number;
    private int digits;
    private int dots;

    /** Begins anew. */
    void begin() {
        begin(0);
        digits = 0;
        dots = 0;
    }

    /** Begins behind the dot after a first number. */
    void begin(int first) {
        bits = first;
        number = 0;
        digits = 0;
        dots = 1;
    }

    /** Takes the next byte. @return the problem, or null */
    @Nullable
    String accept(int value) {
        return value == '.' ? dot() : digit(value);
    }

    private @Nullable String dot() {
        if (digits == 0) {
            return "a number of the address is missing before the dot";
        }
        if (dots == LAST) {
            return "a dot behind the fourth number of the address, where it ends";
        }
        bits = bits << 8 | number;
        number = 0;
        digits = 0;
        dots++;
        return null;
    }

    private @Nullable String digit(int value) {
        if (value < '0' || value > '9') {
            return Escaped.quote(value) + ", but an IPv4 address goes on with a digit"
                    + (digits == 0 ? "" : " or a dot");
        }
        if (digits > 0 && number == 0) {
            return Escaped.quote(value) + " behind a leading zero, which no number of an IPv4 address has";
        }
        int larger = 10 * number + value - '0';
        if (larger > 255) {
            return Escaped.quote(value) + " makes a number of the IPv4 address " + larger + ", the most is 255";
        }
        number = larger;
        digits++;
        return null;
    }

    boolean canEnd() {
        return dots == LAST && digits > 0;
    }

    /** The length of the shortest rest of the address. */
    int missing() {
        return (digits == 0 ? 1 : 0) + 2 * (LAST - dots);
    }

    /** The address, whose end has been seen. */
    int bits() {
        return bits << 8 | number;
    }
}
