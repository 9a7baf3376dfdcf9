package dev.sluice.runtime.observe;

import java.util.ArrayList;
import java.util.List;

/**
 * Reasons for which a side of a connection is not read now, one bit each, so that a connection keeps none of them as an
 * object.
 */
public enum ReadBlock {
    /** Bytes wait to be sent on the other side: backpressure. */
    PEER_OWED("peer-owed"),
    /** The other side no longer accepts bytes. */
    PEER_BROKEN("peer-broken"),
    /** The read gate of a filter, such as a rate limit, is closed. */
    GATE("gate"),
    /** A filter waits for the answer to a suspension. */
    SUSPENDED("suspended"),
    /** No buffer is free. */
    MEMORY("memory"),
    /** No endpoint is connected yet: one is being chosen or dialled. */
    NOT_CONNECTED("not-connected"),
    /** The end of the stream has been read. */
    FINISHED("finished"),
    /** The connection is ending, and bytes of this side would go nowhere. */
    ENDING("ending");

    private final String label;

    ReadBlock(String label) {
        this.label = label;
    }

    /** The bit of this reason. */
    public int bit() {
        return 1 << ordinal();
    }

    /** The name in admin responses. */
    public String label() {
        return label;
    }

    /** Labels of the reasons in a set of bits, in the order of this enum. */
    public static List<String> labels(int bits) {
        List<String> labels = new ArrayList<>();
        for (ReadBlock block : values()) {
            if ((bits & block.bit()) != 0) {
                labels.add(block.label);
            }
        }
        return List.copyOf(labels);
    }
}
