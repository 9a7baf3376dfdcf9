package dev.sluice.runtime.tls;

import java.time.Duration;
import java.util.List;

/**
 * Rules about the tickets by which sessions go on in later handshakes.
 *
 * @param given whether clients get tickets; if not, each handshake is a full one
 * @param keys of which the first makes tickets, and all open them; empty = keys that the process makes
 * @param lifetime the time for which a ticket counts
 * @param rotation the time after which the process makes another key
 */
public record TicketRules(boolean given, List<TicketKey> keys, Duration lifetime, Duration rotation) {
    /** Those without a configuration. */
    public static final TicketRules DEFAULT = new TicketRules(true, List.of(), Duration.ofHours(12),
            Duration.ofHours(6));
    /** No tickets. */
    public static final TicketRules OFF = new TicketRules(false, List.of(), Duration.ofHours(12), Duration.ofHours(6));

    public TicketRules {
        keys = List.copyOf(keys);
    }
}
