package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;

/** The deadlines of an open connection when its timer has run out: filters, stalls, lifetime, records, silence. On the connection's loop. */
final class OpenExpiry {
    private OpenExpiry() {}

    /** Does what is due, and arms the timer for what comes next, unless the connection has ended. */
    static void run(Relay relay, long now) {
        Side client = relay.client();
        Side upstream = relay.upstream();
        RelaySettings settings = relay.settings();
        long filters = Math.min(relay.expireFilters(client, now), relay.expireFilters(upstream, now));
        if (relay.state() != RelayState.OPEN || relay.isStalled(client, now) || relay.isStalled(upstream, now)) {
            return;
        }
        long lifetime = RelayDeadlines.lifetime(settings, relay.id(), relay.accepted());
        if (lifetime <= now) {
            lifetime = RelayDeadlines.quietMoment(lifetime, relay.lastActivity(), now);
            if (lifetime <= now) {
                relay.close(CloseReason.LIFETIME);
                return;
            }
        }
        long deadline = Math.min(RelayDeadlines.stall(settings, client.owedSince()),
                RelayDeadlines.stall(settings, upstream.owedSince()));
        long record = Math.min(client.recordDeadline(now), upstream.recordDeadline(now));
        if (record <= now) {
            relay.close(CloseReason.TLS_RECORD_TIMEOUT);
            return;
        }
        if (deadline == RelayDeadlines.NEVER) {
            boolean halfClosed = relay.halfClosed();
            deadline = RelayDeadlines.silence(settings, halfClosed, relay.lastActivity(),
                    client.heldBack() || upstream.heldBack(), now);
            if (deadline <= now) {
                relay.close(RelayDeadlines.silenceReason(halfClosed));
                return;
            }
        }
        relay.deadlineAt(Math.min(Math.min(deadline, filters), Math.min(lifetime, record)));
    }
}
