package dev.sluice.filters.ratelimit;

import org.jspecify.annotations.Nullable;

/** The scope of a limit on bytes: the connections whose bytes are counted together. */
public enum BandwidthScope {
    /** One connection. */
    CONNECTION(null),
    /** All connections of one source: an IPv4 address or an IPv6 /64. */
    SOURCE(Scope.SOURCE),
    /** All connections of the listener. */
    LISTENER(Scope.LISTENER);

    private final @Nullable Scope shared;

    BandwidthScope(@Nullable Scope shared) {
        this.shared = shared;
    }

    /** {@return the scope of connections that share the bucket; null = each has its own} */
    @Nullable
    Scope shared() {
        return shared;
    }
}
