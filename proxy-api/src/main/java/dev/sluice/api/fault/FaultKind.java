package dev.sluice.api.fault;

import dev.sluice.api.Incubating;

/** The kinds of {@link Fault}s. */
@Incubating
public enum FaultKind {
    /** Bytes, and the end of the stream, come later. */
    LATENCY("latency"),
    /** Bytes come at a rate. */
    BANDWIDTH("bandwidth"),
    /** Bytes come in small pieces. */
    SLICE("slice"),
    /** Nothing comes, and no end either. */
    BLACK_HOLE("blackHole"),
    /** The connection is reset after a number of bytes or a time. */
    RESET_AFTER("resetAfter"),
    /** The stream ends in order after a number of bytes, and so looks complete. */
    FINISH_AFTER("finishAfter"),
    /** The end of the stream comes later than its last byte. */
    SLOW_CLOSE("slowClose"),
    /** Some bytes are changed. */
    GARBLE("garble"),
    /** The connection is reset when it is accepted. */
    REFUSE("refuse");

    private final String label;

    FaultKind(String label) {
        this.label = label;
    }

    /** {@return the key of the configuration} */
    public String label() {
        return label;
    }
}
