package dev.sluice.runtime.relay;

import java.util.List;

import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Rules about the PROXY headers with which a listener's connections begin.
 *
 * @param networks the peers that are believed
 * @param unix whether peers on a Unix socket are believed
 * @param deadlineNanos the time from the accept in which a header has to be complete
 * @param maxBytes the most bytes behind the fixed part of a header of version 2
 */
public record HeaderRules(List<Cidr> networks, boolean unix, long deadlineNanos, int maxBytes) {
    public HeaderRules {
        networks = List.copyOf(networks);
    }

    /** Whether a peer's headers are believed; null = a peer on a Unix socket. */
    boolean trusts(@Nullable IpAddress peer) {
        if (peer == null) {
            return unix;
        }
        for (int i = 0; i < networks.size(); i++) {
            if (networks.get(i).contains(peer)) {
                return true;
            }
        }
        return false;
    }
}
