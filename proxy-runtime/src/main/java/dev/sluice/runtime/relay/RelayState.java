package dev.sluice.runtime.relay;

/**
 * States of a {@link Relay}.
 *
 * <pre>
 *    FILTERING ── a filter holds the client without an answer ──▶ TARPIT ── deadline ──▶ reset
 *        │
 *        │ ────── a filter refuses with last bytes (also when OPEN) ──▶ LINGERING
 *        │
 *        │ routed
 *        ▼           connected                   FIN both ways, all delivered
 *   CONNECTING ──────────────────▶ OPEN ──────────────────────────────────────▶ CLOSED
 *        │                         ╱│╲                                            ▲
 *        │ no endpoint,           ╱ │ ╲ a side that had sent FIN breaks           │
 *        │ deadline              ╱  │  ▶ LINGERING ── the other closes too ───────┤
 *        │                      ╱   │          │                                  │
 *        │    a side resets    ╱    │          │                                  │
 *        │                    ▼     │          │                                  │
 *        │            RESETTING     │          │                                  │
 *        │                    │     │          │                                  │
 *        ▼  delivered, deadline     ▼          ▼                                  │
 *      reset ◀──────────────┴───── deadline, operator ────────────────────────────┘
 * </pre>
 *
 * <p>Half-closed is not a state of its own: each side knows whether it has received and sent FIN, see {@link Side}.
 */
enum RelayState {
    /** Filters decide whether the client is let in, and where to; it is read only if they want to see its first bytes. */
    FILTERING("filtering"),
    /** A filter has the client held without an answer: it is not read, and reset when the time is over. */
    TARPIT("tarpit"),
    /** The client waits, unread, until an endpoint is connected. */
    CONNECTING("connecting"),
    /** Bytes move. */
    OPEN("open"),
    /**
     * One side sent FIN and broke afterwards: it accepts nothing any more, but its stream is complete. The other side gets all of it and
     * time to close; what that side still sends is read and discarded, because closing over unread bytes would make the kernel send a
     * reset that destroys the last bytes under way (RFC 1122 section 4.2.2.13). The same for a client that a filter has refused and that is
     * to read why.
     */
    LINGERING("lingering"),
    /**
     * One side was reset in the middle of its stream. What had arrived before is still read and delivered, as long as
     * {@code timeouts.linger} allows; then the other side is reset too, so that a cut stream never looks complete.
     */
    RESETTING("resetting"),
    /** All resources have been given back. */
    CLOSED("closed");

    private final String label;

    RelayState(String label) {
        this.label = label;
    }

    /** The name in admin answers. */
    String label() {
        return label;
    }
}
