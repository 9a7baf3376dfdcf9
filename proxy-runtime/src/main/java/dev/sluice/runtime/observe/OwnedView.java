package dev.sluice.runtime.observe;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The memory that one connection owns, by owner, in bytes: the size of the buffers, not only what is in them.
 *
 * @param borrowed read buffers of the pool with bytes that their receiver has not taken
 * @param residue stash cells with bytes that their receiver has not taken
 * @param held by filter: buffers with bytes that it has not let pass
 * @param retained by filter: copies that it keeps on the heap, which count in no other number
 * @param pipe pipes of the kernel with bytes that their receiver has not taken
 * @param tls buffers with parts of TLS records, and with what was read behind a hello
 */
public record OwnedView(long borrowed, long residue, Map<String, Long> held, Map<String, Long> retained, long pipe,
        long tls) {
    /** Nothing, as an idle connection owns. */
    public static final OwnedView NOTHING = new OwnedView(0, 0, Map.of(), Map.of(), 0, 0);

    /** The owned memory as given, by filter in the order of their names. */
    public OwnedView {
        held = Collections.unmodifiableMap(new TreeMap<>(held));
        retained = Collections.unmodifiableMap(new TreeMap<>(retained));
    }

    /** Buffers, stash cells and pipes together. */
    public long sum() {
        return borrowed + residue + held.values().stream().mapToLong(Long::longValue).sum() + pipe + tls;
    }
}
