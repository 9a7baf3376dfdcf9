package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.FlightEvents;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reports of attempts to connect: the translation of failures into what is counted, log and events. */
final class ConnectFailures {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectFailures.class);

    private ConnectFailures() {}

    /** Reports, once in a while, that no local port is left for connections to an endpoint. */
    static void reportLocalPorts(Cluster cluster, EndpointState endpoint, @Nullable String message, long now) {
        long leftOut = endpoint.localPortReports().admit(now);
        if (leftOut != LogThrottle.NOT_NOW) {
            LOG.warn(
                    "Cluster {}: no local port is left for connections to {} ({}){}. Add endpoints or widen ip_local_port_range.",
                    cluster.name(), endpoint.label(), message, LogThrottle.leftOut(leftOut));
        }
    }

    /** Counts a failure against an endpoint, and reports it if the endpoint is avoided for it. */
    static void report(Cluster cluster, EndpointState endpoint, String reason, Events events, long now) {
        boolean counted = endpoint.believedUp(now);
        boolean newlyDown = endpoint.connectFailed(reason, now);
        long avoided = endpoint.avoidedFor(now);
        if (counted && avoided > 0) {
            LOG.warn(
                    "Cluster {}: connecting to endpoint {} failed: {}. It is avoided for {} s if another endpoint can be used.",
                    cluster.name(), endpoint.label(), reason, TimeUnit.NANOSECONDS.toSeconds(avoided));
        }
        if (newlyDown) {
            events.endpoint(cluster.name(), endpoint.label(), false, "a connect failed: " + reason);
        }
    }

    /** Whether a failure speaks against the endpoint, and not against this machine. */
    static boolean isOfEndpoint(TransportException.Kind kind) {
        return switch (kind) {
            case DESCRIPTORS, BUSY, LOCAL_PORTS -> false;
            case REFUSED, UNREACHABLE, ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, NOT_A_SOCKET, NO_DIRECTORY, NOT_PERMITTED,
                    UNSUPPORTED, OTHER ->
                true;
        };
    }

    /** Notes the end of an attempt for those that record flights of the JVM. */
    static void record(long connection, EndpointState endpoint, int attempt, long nanos, String result) {
        if (FlightEvents.connects()) {
            FlightEvents.connect(connection, endpoint.cluster().name(), endpoint.label(), attempt, nanos, result);
        }
    }

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
