package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;

/** The deadlines of an open connection when its timer has run out: filters, stalls, lifetime, records, silence. On the connection's loop. */
final class OpenExpiry {
    private OpenExpiry() {}

    /** Does what is due, and arms the timer for what comes next, unless the connection has ended. */
    static void run(DialledConnection connection, long now) {
        Side client = connection.client();
        Side upstream = connection.upstream();
        RelaySettings settings = connection.settings();
        long filters = Math.min(connection.expireFilters(client, now), connection.expireFilters(upstream, now));
        if (connection.state() != RelayState.OPEN || connection.isStalled(client, now)
                || connection.isStalled(upstream, now)) {
            return;
        }
        long lifetime = RelayDeadlines.lifetime(settings, connection.id(), connection.accepted());
        if (lifetime <= now) {
            lifetime = RelayDeadlines.quietMoment(lifetime, connection.lastActivity(), now);
            if (lifetime <= now) {
                connection.close(CloseReason.LIFETIME);
                return;
            }
        }
        long deadline = Math.min(RelayDeadlines.stall(settings, client.owedSince()),
                RelayDeadlines.stall(settings, upstream.owedSince()));
        long record = Math.min(client.recordDeadline(now), upstream.recordDeadline(now));
        if (record <= now) {
            connection.close(CloseReason.TLS_RECORD_TIMEOUT);
            return;
        }
        if (deadline == RelayDeadlines.NEVER) {
            boolean halfClosed = connection.halfClosed();
            deadline = RelayDeadlines.silence(settings, halfClosed, connection.lastActivity(),
                    client.heldBack() || upstream.heldBack(), now);
            if (deadline <= now) {
                connection.close(RelayDeadlines.silenceReason(halfClosed));
                return;
            }
        }
        connection.deadlineAt(Math.min(Math.min(deadline, filters), Math.min(lifetime, record)));
    }
}
