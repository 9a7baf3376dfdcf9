package dev.sluice.runtime.cluster;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Maglev hashing: a table of fixed size in which each endpoint owns slots in proportion to its weight. A client whose
 * endpoint cannot be used is assigned to another one by its own hash: the clients of an endpoint that is down spread
 * over all others by weight, each reaches the same one every time, and no other client moves.
 *
 * @see <a href="https://www.usenix.org/conference/nsdi16/technical-sessions/presentation/eisenbud">Eisenbud et al.: Maglev, NSDI 2016</a>
 */
record SourceHash() implements LoadBalancer {
    /**
     * A prime, as the permutations require, and the size of the paper: shares are exact to 1 % up to 655 endpoints. It does not shrink with
     * the number of endpoints, although fewer slots would do: crossing from one size to the next would move nearly all clients.
     */
    static final int TABLE_SIZE = 65_537;

    @Override
    public String label() {
        return "source-hash";
    }

    @Override
    public Picker over(Tier tier) {
        char[] table = table(tier);
        return (attempts, clientHash, nowNanos) -> {
            long hash = Mix.mix(clientHash);
            int i = table[Mix.below(table.length, hash)];
            return tier.offers(i, attempts, nowNanos) ? i : tier.draw(hash, Tier.NONE, attempts, nowNanos);
        };
    }

    /** The owner of each slot. Depends on the addresses and weights, not on their order. */
    static char[] table(Tier tier) {
        int endpoints = tier.size();
        if (endpoints > Character.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "source-hash: " + endpoints + " endpoints; at most " + (int) Character.MAX_VALUE
                            + " can be told apart");
        }
        if (endpoints == 1) {
            return new char[1];
        }
        Integer[] order = new Integer[endpoints];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing(i -> tier.endpoint(i).state().label()));
        int[] position = new int[endpoints];
        int[] step = new int[endpoints];
        int heaviest = 0;
        for (int i = 0; i < endpoints; i++) {
            long identity = tier.endpoint(i).state().identity();
            position[i] = Mix.below(TABLE_SIZE, identity);
            step[i] = 1 + Mix.below(TABLE_SIZE - 1, Mix.mix(identity));
            heaviest = Math.max(heaviest, tier.endpoint(i).weight());
        }
        char[] table = new char[TABLE_SIZE];
        boolean[] taken = new boolean[TABLE_SIZE];
        long[] due = new long[endpoints];
        int free = TABLE_SIZE;
        // The heaviest takes a slot in each round, one of half its weight in every other.
        for (long round = 1; free > 0; round++) {
            for (int k = 0; k < endpoints && free > 0; k++) {
                int i = order[k];
                if (round * tier.endpoint(i).weight() < due[i]) {
                    continue;
                }
                due[i] += heaviest;
                while (taken[position[i]]) {
                    position[i] = (position[i] + step[i]) % TABLE_SIZE;
                }
                taken[position[i]] = true;
                table[position[i]] = (char) i;
                free--;
            }
        }
        return table;
    }
}
