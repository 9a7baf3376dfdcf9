package dev.sluice.runtime.observe;

import java.util.List;
import java.util.Map;

/**
 * One filter of a listener's chain.
 *
 * @param listener the name of the listener
 * @param position in the chain, from 1
 * @param name distinct within the chain
 * @param type its type
 * @param sees the directions whose bytes it is shown
 * @param transforms whether it may change them
 * @param beforeRouting whether routing waits for it
 * @param maxHeldBytes what it may hold of one direction
 * @param connections that have it now
 * @param decisions so far, by decision; has every decision
 * @param customCounters the filter's own counters, by name
 * @param retainedBytes copies of bytes that it keeps now
 * @param stalls how often it took longer than 100 ms
 * @param quarantined whether new connections do without it, or are refused because of it
 */
public record FilterView(String listener, int position, String name, String type, List<String> sees, boolean transforms,
        boolean beforeRouting, int maxHeldBytes, long connections, Map<String, Long> decisions,
        Map<String, Long> customCounters, long retainedBytes,
        long stalls, boolean quarantined) {}
