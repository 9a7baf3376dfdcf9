package dev.sluice.runtime.relay;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.transport.TransportException;

/** The reports of connects that failed: the translation into what is counted, and the event of a full cluster. */
final class ConnectFailures {
    private ConnectFailures() {}

    static ConnectFailure of(TransportException.Kind kind) {
        return switch (kind) {
            case REFUSED -> ConnectFailure.REFUSED;
            case BUSY -> ConnectFailure.TIMEOUT;
            case UNREACHABLE -> ConnectFailure.UNREACHABLE;
            case DESCRIPTORS, LOCAL_PORTS -> ConnectFailure.RESOURCES;
            case ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, NOT_A_SOCKET, NO_DIRECTORY, NOT_PERMITTED, UNSUPPORTED, OTHER ->
                ConnectFailure.OTHER;
        };
    }

    /** Reports, once in a while, that a client found no place and was refused. */
    static void reportFull(Cluster cluster, Events events, long now) {
        long leftOut = cluster.state().fullReports().admit(now);
        if (leftOut != LogThrottle.NOT_NOW) {
            events.add(Event.Kind.LIMIT, "cluster " + cluster.name(), "the cluster, or each of its endpoints, is at"
                    + " maxConnections: a client was refused" + LogThrottle.leftOut(leftOut));
        }
    }
}
