package dev.sluice.runtime.tls.boring;

import java.util.Arrays;
import java.util.List;

import dev.sluice.runtime.tls.TicketKey;
import dev.sluice.runtime.tls.TicketRules;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SessionTicketKey;

/**
 * The tickets of a context: its keys, which are bound to the place of the context, so that a ticket leads to no other listener and to no other
 * trust. Any thread.
 */
final class ContextTickets {
    private final TicketRules rules;
    private final TicketRing ring;
    private final byte[] place;
    /** The number of the keys of the ring that the library has. */
    private volatile int number = -1;

    /**
     * The tickets of a context.
     *
     * @param ring of the listener, for rules without keys
     * @param place bytes that no other place has
     */
    ContextTickets(TicketRules rules, TicketRing ring, byte[] place) {
        this.rules = rules;
        this.ring = ring;
        this.place = place;
    }

    /** Configures a context that is being made. */
    void apply(long context) {
        // That of TLS 1.2; each connection of TLS 1.3 is told.
        SSLContext.setSessionCacheTimeout(context, rules.lifetime().toSeconds());
        if (!rules.given()) {
            SSLContext.setOptions(context, SSL.SSL_OP_NO_TICKET);
        } else if (!rules.keys().isEmpty()) {
            set(context, rules.keys());
        } else {
            renew(context);
        }
    }

    /** Takes the keys of the ring, if it has others. */
    void renew(long context) {
        if (!rules.given() || !rules.keys().isEmpty()) {
            return;
        }
        TicketRing.Keys now = ring.keys(rules);
        if (now.number() != number) {
            renew(context, now);
        }
    }

    private synchronized void renew(long context, TicketRing.Keys now) {
        // Another thread may have been quicker, and have newer ones.
        if (now.number() > number) {
            set(context, now.keys());
            number = now.number();
        }
    }

    private void set(long context, List<TicketKey> keys) {
        SSLContext.setSessionTicketKeys(context, keys.stream().map(key -> {
            byte[] own = key.at(place);
            int hmac = SessionTicketKey.NAME_SIZE;
            int aes = hmac + SessionTicketKey.HMAC_KEY_SIZE;
            return new SessionTicketKey(Arrays.copyOf(own, hmac), Arrays.copyOfRange(own, hmac, aes),
                    Arrays.copyOfRange(own, aes, aes + SessionTicketKey.AES_KEY_SIZE));
        }).toArray(SessionTicketKey[]::new));
    }
}
