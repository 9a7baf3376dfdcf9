package dev.sluice.runtime.chain;

/** The methods of a filter, for messages about them. */
enum Callback {
    NEW_FILTER("newFilter"),
    ON_CONNECT("onConnect"),
    ON_DATA("onData"),
    ON_HOLD_EXPIRED("onHoldExpired"),
    ON_END_OF_STREAM("onEndOfStream"),
    ON_CLOSE("onClose"),
    READ_GATE("the read gate"),
    SUSPENSION("its suspension");

    private final String label;

    Callback(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
