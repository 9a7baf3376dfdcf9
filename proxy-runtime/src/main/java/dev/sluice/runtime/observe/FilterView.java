package dev.sluice.runtime.observe;

import java.util.List;
import java.util.Map;

/**
 * A filter of a listener's chain, as metrics and admin show it.
 *
 * @param listener the name of the listener
 * @param position in the chain, from 1
 * @param name its name, unique within the chain
 * @param type its type
 * @param sees the directions whose bytes it sees
 * @param transforms whether it may change them
 * @param beforeRouting whether routing waits for it
 * @param maxHeldBytes the most bytes that it may hold of one direction
 * @param connections connections that have it now
 * @param decisions counts of its events so far, by label; has every label
 * @param customCounters the filter's own counters, by name
 * @param retainedBytes bytes that it retains in copies now
 * @param stalls callbacks that took longer than 100 ms
 * @param quarantined whether it is quarantined, so that new connections bypass it or are refused
 */
public record FilterView(String listener, int position, String name, String type, List<String> sees, boolean transforms,
        boolean beforeRouting, int maxHeldBytes, long connections, Map<String, Long> decisions,
        Map<String, Long> customCounters, long retainedBytes,
        long stalls, boolean quarantined) {}
