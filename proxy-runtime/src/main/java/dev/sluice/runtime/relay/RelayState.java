package dev.sluice.runtime.relay;

/**
 * States of a {@link Relay}.
 *
 * <pre>
 *     HEADER ── no or wrong header, deadline ──▶ reset
 *        │
 *        │ complete (without proxyProtocol a connection begins here)
 *        ▼
 *    FILTERING ── a filter holds the client without an answer ──▶ TARPIT ── deadline ──▶ reset
 *        │  ▲
 *        │  └──────▶ HANDSHAKE (where TLS is terminated) ── it fails ──▶ LINGERING, with its alert; deadline ──▶ reset
 *        │
 *        │ ────── a filter refuses with last bytes (also when OPEN) ──▶ LINGERING
 *        │
 *        │ routed
 *        ▼           connected                   FIN both ways, all delivered
 *   CONNECTING ──────────────────▶ OPEN ──────────────────────────────────────▶ CLOSED
 *        │  ▲ │ connected, to a     ▲                                             ▲
 *        │  │ ▼ cluster with tls    │ done                                        │
 *        │ UPSTREAM_HANDSHAKE ──────┘                                             │
 *        │  (it fails: back, to the next endpoint)                                │
 *        │                         ╱│╲                                            │
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
 * <p>Half-closed is not a state of its own: each side holds whether it has received and sent FIN, see {@link Side}.
 */
enum RelayState {
    /** The client is read up to the end of its PROXY header. */
    HEADER("proxy-header"),
    /** The client is let in, and its TLS handshake is under way. */
    HANDSHAKE("tls-handshake"),
    /**
     * Filters decide whether the client is let in, and where it is routed; it is read only if they want to see its
     * first bytes.
     */
    FILTERING("filtering"),
    /** A filter has put the client into the tarpit: it is not read, and reset at the deadline. */
    TARPIT("tarpit"),
    /** The client waits, unread, until an endpoint is connected. */
    CONNECTING("connecting"),
    /** The client waits, unread, until the TLS handshake with an endpoint is done. */
    UPSTREAM_HANDSHAKE("upstream-tls-handshake"),
    /** Bytes move. */
    OPEN("open"),
    /**
     * One side sent FIN and broke afterwards: it accepts no more bytes, but its stream is complete. The other side gets
     * all of it and time to close. Bytes that this side still sends are read and discarded, because closing over unread
     * bytes would make the kernel send a reset that destroys the last bytes under way (RFC 1122 section 4.2.2.13). Also
     * the state of a client that a filter has refused with last bytes.
     */
    LINGERING("lingering"),
    /**
     * One side was reset in the middle of its stream. Bytes that arrived before are still read and delivered, within
     * {@code timeouts.linger}; then the other side is reset too, so that a cut stream never looks complete.
     */
    RESETTING("resetting"),
    /** All resources have been given back. */
    CLOSED("closed");

    private final String label;

    RelayState(String label) {
        this.label = label;
    }

    /** The name in admin responses. */
    String label() {
        return label;
    }
}
