package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ConnectAttempts;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.ConnectCounters;
import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.observe.FlightEvents;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts of one connection to reach an endpoint: up to {@code connectAttempts}, one after the other, each with a
 * deadline and all with a common one. An endpoint whose backlog is full (a Unix socket reports that at once, where TCP
 * waits) is dialled again until its deadline, and does not count as failed. The client's bytes stay in the kernel
 * meanwhile, so that every attempt starts with all of them. Exists only while the connection is in
 * {@link RelayState#CONNECTING}; on its loop.
 */
final class Dialer {
    /** Results of a step. */
    enum Outcome {
        /** An attempt is under way, until {@link #deadline}. */
        DIALLING,
        /** {@link #endpoint} has answered; the caller owns its place there from now on. */
        CONNECTED,
        /** No endpoint is left to try; {@link #failure} is the reason. */
        FAILED
    }

    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);
    /**
     * The first pause before an endpoint without room is dialled again; doubled each time, so that many clients cost
     * little.
     */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(160);

    private final long connection;
    private final Side upstream;
    private final DescriptorReserve reserve;
    private final Events events;
    private final Cluster cluster;
    private final ConnectCounters counters;
    private final ConnectAttempts attempts = new ConnectAttempts();
    private final long started;
    private final long clientHash;
    private long attemptStarted;
    /** The last pause of the current attempt; 0 = the endpoint is not busy. */
    private long pauseNanos;
    private long dialAgainAt;
    private @Nullable EndpointState endpoint;
    private @Nullable EndpointState lastTried;
    private CloseReason lastFailure = CloseReason.NO_ENDPOINT;

    /**
     * A dialer that has not tried anything yet.
     *
     * @param connection its id
     * @param upstream the side whose socket is to be connected
     * @param clientHash for balancers that choose by client
     * @param events of the server
     */
    Dialer(long connection, Side upstream, Cluster cluster, int loopIndex, long clientHash, DescriptorReserve reserve,
            Events events, long now) {
        this.connection = connection;
        this.upstream = upstream;
        this.reserve = reserve;
        this.events = events;
        this.cluster = cluster;
        this.counters = cluster.state().counters().get(loopIndex);
        this.started = now;
        this.attemptStarted = now;
        this.clientHash = clientHash;
    }

    /** The time for {@link #onDeadline}. */
    long deadline() {
        return pauseNanos == 0 ? finalDeadline() : Math.min(dialAgainAt, finalDeadline());
    }

    /** The deadline of the current attempt, or of all of them if that comes first. */
    private long finalDeadline() {
        return Math.min(attemptStarted + cluster.policy().attemptNanos(), started + cluster.policy().totalNanos());
    }

    /** Tries endpoints until one has not failed at once. */
    Outcome dialNext(long now) {
        while (attempts.count() < cluster.policy().attempts() && now - started < cluster.policy().totalNanos()) {
            EndpointState next = cluster.acquire(attempts, clientHash, now);
            if (next == null) {
                if (attempts.failure() == ConnectAttempts.Failure.FULL) {
                    lastFailure = CloseReason.CLUSTER_FULL;
                    reportFull(now);
                }
                break;
            }
            endpoint = next;
            lastTried = next;
            attemptStarted = now;
            TransportException.Kind failure = dial(next, now);
            if (failure == null) {
                return Outcome.DIALLING;
            }
            if (failure == TransportException.Kind.DESCRIPTORS) {
                break;
            }
        }
        return Outcome.FAILED;
    }

    /** Starts an attempt. @return the kind of its failure; {@code null} when it goes on */
    private TransportException.@Nullable Kind dial(EndpointState current, long now) {
        try {
            upstream.connect(current.address());
            pauseNanos = 0;
            return null;
        } catch (TransportException failure) {
            if (failure.kind() == TransportException.Kind.BUSY) {
                pauseNanos = pauseNanos == 0 ? FIRST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
                dialAgainAt = now + pauseNanos;
                return null;
            }
            pauseNanos = 0;
            attemptFailed(current, failure, now);
            if (failure.kind() == TransportException.Kind.DESCRIPTORS) {
                reserve.exhaust();
            }
            return failure.kind();
        }
    }

    /** Handles the end of a connect, which the poller has reported. */
    Outcome onReady(long now) {
        EndpointState dialled = endpoint;
        if (dialled == null) {
            return Outcome.DIALLING;
        }
        try {
            if (!upstream.socket().finishConnect()) {
                return Outcome.DIALLING;
            }
        } catch (TransportException failure) {
            upstream.abortConnect();
            attemptFailed(dialled, failure, now);
            return dialNext(now);
        }
        if (dialled.connectSucceeded(now)) {
            events.endpoint(cluster.name(), dialled.label(), true, "a connect succeeded");
        }
        counters.connected(now - attemptStarted);
        record(dialled, "connected", now);
        return Outcome.CONNECTED;
    }

    /** Dials a busy endpoint again, or goes on to the next one if the time of the attempt or of all of them is over. */
    Outcome onDeadline(long now) {
        EndpointState current = endpoint;
        boolean busy = pauseNanos > 0;
        if (busy && current != null && now < finalDeadline()) {
            TransportException.Kind failure = dial(current, now);
            if (failure == null) {
                return Outcome.DIALLING;
            }
            return failure == TransportException.Kind.DESCRIPTORS ? Outcome.FAILED : dialNext(now);
        }
        upstream.abortConnect();
        pauseNanos = 0;
        if (current != null) {
            lastFailure = CloseReason.CONNECT_TIMEOUT;
            failed(current, ConnectFailure.TIMEOUT, now);
            if (busy) {
                giveUp(current);
            } else {
                blame(current, "no answer in time", now);
            }
        }
        return dialNext(now);
    }

    private void attemptFailed(EndpointState dialled, TransportException failure, long now) {
        lastFailure = CloseReason.CONNECT_FAILED;
        failed(dialled, switch (failure.kind()) {
            case REFUSED -> ConnectFailure.REFUSED;
            case BUSY -> ConnectFailure.TIMEOUT;
            case UNREACHABLE -> ConnectFailure.UNREACHABLE;
            case DESCRIPTORS, LOCAL_PORTS -> ConnectFailure.RESOURCES;
            case ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, NOT_A_SOCKET, NO_DIRECTORY, NOT_PERMITTED, UNSUPPORTED, OTHER ->
                ConnectFailure.OTHER;
        }, now);
        switch (failure.kind()) {
            // Not the endpoint's fault.
            case DESCRIPTORS, BUSY -> giveUp(dialled);
            case LOCAL_PORTS -> {
                long leftOut = dialled.localPortReports().admit(now);
                if (leftOut != LogThrottle.NOT_NOW) {
                    LOG.warn(
                            "Cluster {}: no local port is left for connections to {} ({}){}. Add endpoints or widen ip_local_port_range.",
                            cluster.name(), dialled.label(), failure.getMessage(),
                            LogThrottle.leftOut(leftOut));
                }
                giveUp(dialled);
            }
            case REFUSED, UNREACHABLE, ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, NOT_A_SOCKET, NO_DIRECTORY, NOT_PERMITTED,
                    UNSUPPORTED, OTHER ->
                blame(dialled, failure.getMessage(), now);
        }
    }

    private void failed(EndpointState dialled, ConnectFailure failure, long now) {
        counters.failed(failure);
        record(dialled, failure.label(), now);
    }

    private void record(EndpointState dialled, String result, long now) {
        if (FlightEvents.connects()) {
            FlightEvents.connect(connection, cluster.name(), dialled.label(), attempts.count(), now - attemptStarted,
                    result);
        }
    }

    private void blame(EndpointState dialled, @Nullable String reason, long now) {
        if (dialled.believedUp(now)) {
            LOG.warn(
                    "Cluster {}: connecting to endpoint {} failed: {}. It is avoided for {} s if another endpoint can be used.",
                    cluster.name(),
                    dialled.label(), reason, EndpointState.FAIL_WINDOW.toSeconds());
        }
        if (dialled.connectFailed(now)) {
            events.endpoint(cluster.name(), dialled.label(), false, "a connect failed: " + reason);
        }
        giveUp(dialled);
    }

    private void reportFull(long now) {
        long leftOut = cluster.state().fullReports().admit(now);
        if (leftOut != LogThrottle.NOT_NOW) {
            events.add(Event.Kind.LIMIT, "cluster " + cluster.name(), "the cluster, or each of its endpoints, is at"
                    + " maxConnections: a client was refused" + LogThrottle.leftOut(leftOut));
        }
    }

    private void giveUp(EndpointState dialled) {
        dialled.release();
        endpoint = null;
    }

    /** Gives up the current attempt, when the connection ends first. */
    void cancel() {
        if (endpoint != null) {
            giveUp(endpoint);
        }
    }

    /** The cluster whose endpoints are tried. */
    Cluster cluster() {
        return cluster;
    }

    /** Time since the first attempt began, in nanoseconds. */
    long elapsed(long now) {
        return now - started;
    }

    /** The reason why no attempt succeeded. */
    CloseReason failure() {
        return lastFailure;
    }

    /** The endpoint that was tried last; null = none was. */
    @Nullable
    EndpointState lastTried() {
        return lastTried;
    }

    /** The endpoint that is being tried; null = none is. */
    @Nullable
    EndpointState endpoint() {
        return endpoint;
    }
}
