package dev.sluice.runtime.proxyprotocol;

import java.util.Arrays;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A reader of an IPv6 address in the text form of RFC 4291, section 2.2: groups of hexadecimal digits, one gap
 * ({@code ::}) of at least one group, an IPv4 address in place of the last two groups.
 *
 * <pre>
 *   START ──digit──► GROUP ──colon──► COLON ──digit──► GROUP
 *     └──colon──► FIRST_COLON ──colon──► GAP ──digit──► GROUP
 *                                 COLON ──colon──► GAP
 *   GROUP ──dot──► TAIL
 * </pre>
 */
final class Ipv6Scanner {
    private static final int GROUPS = 8;
    private static final int GROUPS_OF_TAIL = 2;
    private static final int MOST_DIGITS = 4;
    private static final int NO_GAP = -1;
    private static final int NOT_DECIMAL = -1;

    private enum Place {
        START,
        FIRST_COLON,
        GROUP,
        COLON,
        GAP,
        TAIL
    }

    private final int[] groups = new int[GROUPS];
    private final Ipv4Scanner tail = new Ipv4Scanner();
    private Place place = Place.START;
    /** The number of groups that are complete. */
    private int count;
    /** The number of groups before the gap. */
    private int gap = NO_GAP;
    private int group;
    private int digits;
    /** The group as the first number of an IPv4 address. */
    private int decimal;

    /** Begins anew. */
    void begin() {
        place = Place.START;
        count = 0;
        gap = NO_GAP;
    }

    /** Takes the next byte. @return the problem, or null */
    @Nullable
    String accept(int value) {
        if (place == Place.TAIL) {
            return tail.accept(value);
        }
        if (value == ':') {
            return colon();
        }
        if (value == '.') {
            return dot();
        }
        int digit = value < 0x80 ? Character.digit(value, 16) : -1;
        return digit < 0
                ? Escaped.quote(value) + ", but an IPv6 address goes on with a hexadecimal digit or a colon"
                : digit(value, digit);
    }

    private @Nullable String digit(int value, int digit) {
        if (place == Place.FIRST_COLON) {
            return Escaped.quote(value)
                    + " behind a single colon, but an IPv6 address begins with a digit or two colons";
        }
        if (place != Place.GROUP) {
            if (count == most()) {
                return Escaped.quote(value)
                        + " begins a ninth group of the IPv6 address, whose gap stands for at least one";
            }
            place = Place.GROUP;
            group = digit;
            digits = 1;
            decimal = digit <= 9 ? digit : NOT_DECIMAL;
            return null;
        }
        if (digits == MOST_DIGITS) {
            return Escaped.quote(value) + " is the fifth digit in a group of the IPv6 address, the most is four";
        }
        group = group << 4 | digit;
        digits++;
        decimal = digit > 9 || decimal <= 0 || 10 * decimal + digit > 255 ? NOT_DECIMAL : 10 * decimal + digit;
        return null;
    }

    private @Nullable String colon() {
        switch (place) {
            case START -> place = Place.FIRST_COLON;
            case FIRST_COLON -> openGap();
            case COLON -> {
                if (gap != NO_GAP) {
                    return "a second double colon in the IPv6 address, which may have one";
                }
                openGap();
            }
            case GROUP -> {
                if (count + 1 == most()) {
                    return "a colon behind the last group of the IPv6 address";
                }
                groups[count++] = group;
                place = Place.COLON;
            }
            default -> {
                return "a third colon in a row in the IPv6 address, the most is two";
            }
        }
        return null;
    }

    private void openGap() {
        gap = count;
        place = Place.GAP;
    }

    private @Nullable String dot() {
        if (place != Place.GROUP || decimal == NOT_DECIMAL) {
            return "a dot behind what is no first number of an IPv4 address at the end of the IPv6 address";
        }
        if (gap == NO_GAP ? count + GROUPS_OF_TAIL != GROUPS : count + GROUPS_OF_TAIL > most()) {
            return "an IPv4 address in the IPv6 address, but not in place of its last two groups";
        }
        place = Place.TAIL;
        tail.begin(decimal);
        return null;
    }

    /** The most groups that are written. */
    private int most() {
        return gap == NO_GAP ? GROUPS : GROUPS - 1;
    }

    boolean canEnd() {
        return switch (place) {
            case GROUP -> gap != NO_GAP || count + 1 == GROUPS;
            case GAP -> true;
            case TAIL -> tail.canEnd();
            default -> false;
        };
    }

    /** The length of the shortest rest of the address. */
    int missing() {
        return switch (place) {
            // Two colons.
            case START -> 2;
            case GROUP -> canEnd() ? 0 : 2;
            // A second colon, or a digit.
            case FIRST_COLON, COLON -> 1;
            case GAP -> 0;
            case TAIL -> tail.missing();
        };
    }

    /** The address, whose end has been seen. */
    IpAddress address() {
        int written = count;
        if (place == Place.GROUP) {
            groups[written++] = group;
        } else if (place == Place.TAIL) {
            groups[written++] = tail.bits() >>> 16;
            groups[written++] = tail.bits() & 0xffff;
        }
        if (gap != NO_GAP) {
            int behind = written - gap;
            System.arraycopy(groups, gap, groups, GROUPS - behind, behind);
            Arrays.fill(groups, gap, GROUPS - behind, 0);
        }
        return new IpAddress(half(0), half(4));
    }

    private long half(int from) {
        long bits = 0;
        for (int i = from; i < from + 4; i++) {
            bits = bits << 16 | groups[i];
        }
        return bits;
    }
}
