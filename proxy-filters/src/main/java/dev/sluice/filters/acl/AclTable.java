package dev.sluice.filters.acl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;

/**
 * A table that finds the first CIDR of an ordered list that contains an address, in the time of a binary search and
 * without allocating.
 *
 * <p>Two CIDRs are disjoint or one is within the other, so a walk over them by their first address needs only a stack:
 * the first match within a CIDR is the earliest rule on the stack. Where that changes, a range begins. For <i>n</i>
 * rules there are at most 2<i>n</i> + 1 ranges, found in O(<i>n</i> log <i>n</i>). IPv4 and IPv6 have tables of their
 * own. Immutable; any thread.
 */
final class AclTable {
    /** No CIDR contains the address. */
    static final int NO_MATCH = -1;

    /**
     * The number of ranges in a block: the first ones are searched in halves, those of one block in a row, which suits
     * the cache.
     */
    private static final int BLOCK = 8;

    /** For each range its first address, in signed order (unsigned numbers less 2^31), and its rule. */
    private final int[] v4Ranges;
    /** The first address of each block of ranges. */
    private final int[] v4Blocks;
    /** For each range its first address, high half and low half, each in signed order, and its rule. */
    private final long[] v6Ranges;
    /** The first address of each block of ranges, high half and low half. */
    private final long[] v6Blocks;

    AclTable(List<Cidr> rules) {
        Ranges v4 = new Ranges(rules, true);
        v4Ranges = new int[2 * v4.size];
        for (int i = 0; i < v4.size; i++) {
            v4Ranges[2 * i] = (int) v4.starts[2 * i + 1] ^ Integer.MIN_VALUE;
            v4Ranges[2 * i + 1] = v4.rules[i];
        }
        v4Blocks = new int[Math.ceilDiv(v4.size, BLOCK)];
        Arrays.setAll(v4Blocks, i -> v4Ranges[2 * BLOCK * i]);
        Ranges v6 = new Ranges(rules, false);
        v6Ranges = new long[3 * v6.size];
        for (int i = 0; i < v6.size; i++) {
            v6Ranges[3 * i] = v6.starts[2 * i] ^ Long.MIN_VALUE;
            v6Ranges[3 * i + 1] = v6.starts[2 * i + 1] ^ Long.MIN_VALUE;
            v6Ranges[3 * i + 2] = v6.rules[i];
        }
        v6Blocks = new long[2 * Math.ceilDiv(v6.size, BLOCK)];
        Arrays.setAll(v6Blocks, i -> v6Ranges[3 * BLOCK * (i / 2) + i % 2]);
    }

    /** The index of the first CIDR that contains the address, or {@link #NO_MATCH}. */
    int firstMatch(IpAddress address) {
        return address.isIpv4() ? v4(address.ipv4Bits()) : v6(address.high(), address.low());
    }

    private int v4(int bits) {
        int key = bits ^ Integer.MIN_VALUE;
        int block = 0;
        for (int last = v4Blocks.length - 1; block < last;) {
            int middle = (block + last + 1) >>> 1;
            if (v4Blocks[middle] <= key) {
                block = middle;
            } else {
                last = middle - 1;
            }
        }
        int at = 2 * BLOCK * block;
        for (int end = Math.min(at + 2 * BLOCK, v4Ranges.length); at + 2 < end && v4Ranges[at + 2] <= key;) {
            at += 2;
        }
        return v4Ranges[at + 1];
    }

    private int v6(long highBits, long lowBits) {
        long high = highBits ^ Long.MIN_VALUE;
        long low = lowBits ^ Long.MIN_VALUE;
        int block = 0;
        for (int last = v6Blocks.length / 2 - 1; block < last;) {
            int middle = (block + last + 1) >>> 1;
            if (startsBefore(v6Blocks, 2 * middle, high, low)) {
                block = middle;
            } else {
                last = middle - 1;
            }
        }
        int at = 3 * BLOCK * block;
        for (int end = Math.min(at + 3 * BLOCK, v6Ranges.length); at + 3 < end
                && startsBefore(v6Ranges, at + 3, high, low);) {
            at += 3;
        }
        return (int) v6Ranges[at + 2];
    }

    /** {@return whether the range or block at an index starts at this address or before} */
    private static boolean startsBefore(long[] starts, int index, long high, long low) {
        return starts[index] < high || (starts[index] == high && starts[index + 1] <= low);
    }

    /** The CIDRs that are never the first match, because those before them contain all of their addresses. */
    BitSet unreachable(int rules) {
        BitSet unreachable = new BitSet(rules);
        unreachable.set(0, rules);
        for (int i = 1; i < v4Ranges.length; i += 2) {
            reached(v4Ranges[i], unreachable);
        }
        for (int i = 2; i < v6Ranges.length; i += 3) {
            reached((int) v6Ranges[i], unreachable);
        }
        return unreachable;
    }

    private static void reached(int rule, BitSet unreachable) {
        if (rule != NO_MATCH) {
            unreachable.clear(rule);
        }
    }

    /** The ranges of one family, growing during the walk. */
    private static final class Ranges {
        /** A family's deepest nesting: a CIDR of each length, equal ones counted once. */
        private static final int DEEPEST = 129;
        private static final Cidr ALL_V4 = Cidr.parse("0.0.0.0/0");
        private static final Cidr ALL_V6 = Cidr.parse("::/0");

        private final Cidr family;
        private final long[] starts;
        private final int[] rules;
        private int size;

        private final Cidr[] open = new Cidr[DEEPEST];
        private final int[] firstMatch = new int[DEEPEST];
        private int depth;

        Ranges(List<Cidr> all, boolean v4) {
            family = v4 ? ALL_V4 : ALL_V6;
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).network().isIpv4() == v4) {
                    order.add(i);
                }
            }
            // Stable, so of equal ones the first comes first.
            order.sort(Comparator.comparing(all::get, Ranges::byStartThenLargest));
            starts = new long[2 * (2 * order.size() + 1)];
            rules = new int[2 * order.size() + 1];
            begin(family.network(), NO_MATCH);
            for (int rule : order) {
                enter(all.get(rule), rule);
            }
            while (depth > 0) {
                leave();
            }
        }

        private static int byStartThenLargest(Cidr a, Cidr b) {
            int high = Long.compareUnsigned(a.network().high(), b.network().high());
            int low = Long.compareUnsigned(a.network().low(), b.network().low());
            return high != 0 ? high : low != 0 ? low : Integer.compare(a.prefixLength(), b.prefixLength());
        }

        private void enter(Cidr cidr, int rule) {
            while (depth > 0 && !open[depth - 1].contains(cidr.network())) {
                leave();
            }
            if (depth > 0 && open[depth - 1].equals(cidr)) {
                return;
            }
            open[depth] = cidr;
            firstMatch[depth] = depth == 0 ? rule : Math.min(rule, firstMatch[depth - 1]);
            begin(cidr.network(), firstMatch[depth]);
            depth++;
        }

        private void leave() {
            depth--;
            IpAddress last = open[depth].last();
            if (!last.equals(family.last())) {
                IpAddress next = new IpAddress(last.low() == -1 ? last.high() + 1 : last.high(), last.low() + 1);
                begin(next, depth == 0 ? NO_MATCH : firstMatch[depth - 1]);
            }
        }

        private void begin(IpAddress start, int rule) {
            if (size > 0 && starts[2 * size - 2] == start.high() && starts[2 * size - 1] == start.low()) {
                // The range before has turned out to be empty.
                size--;
            }
            if (size == 0 || rules[size - 1] != rule) {
                starts[2 * size] = start.high();
                starts[2 * size + 1] = start.low();
                rules[size] = rule;
                size++;
            }
        }
    }
}
