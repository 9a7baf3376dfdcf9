package dev.sluice.runtime.chain;

/** The callbacks of a filter, by the names used in messages. */
enum Callback {
    NEW_FILTER("newFilter"),
    ON_CONNECT("onConnect"),
    ON_DATA("onData"),
    ON_HOLD_EXPIRED("onHoldExpired"),
    ON_END_OF_STREAM("onEndOfStream"),
    ON_WAKE("onWake"),
    ON_CLOSE("onClose"),
    READ_GATE("the read gate"),
    SUSPENSION("the answer to its suspension");

    private final String label;

    Callback(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
