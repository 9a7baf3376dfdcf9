package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.Tried;
import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.observe.ConnectCounters;
import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts of one connection to reach an endpoint: up to {@code connectAttempts}, one after the other, each with a deadline and all with a
 * common one. The client's bytes stay in the kernel meanwhile, so that every attempt starts with all of them. Exists only while the connection
 * is in {@link RelayState#CONNECTING}; on its loop.
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

    private final Side upstream;
    private final DescriptorReserve reserve;
    private final Target target;
    private final ConnectCounters counters;
    private final Tried tried = new Tried();
    private final long started;
    private final long clientHash;
    private long attemptStarted;
    private @Nullable Endpoint endpoint;
    private @Nullable Endpoint lastTried;
    private CloseReason lastFailure = CloseReason.NO_ENDPOINT;

    /**
     * A dialer that has not tried anything yet.
     *
     * @param upstream the side whose socket is to be connected
     * @param clientHash for balancers that choose by client
     */
    Dialer(Side upstream, Target target, int loopIndex, long clientHash, DescriptorReserve reserve, long now) {
        this.upstream = upstream;
        this.reserve = reserve;
        this.target = target;
        this.counters = target.counters().get(loopIndex);
        this.started = now;
        this.attemptStarted = now;
        this.clientHash = clientHash;
    }

    /** When the current attempt, or all of them, have taken too long. */
    long deadline() {
        return Math.min(attemptStarted + target.connectNanos(), started + target.connectTotalNanos());
    }

    /** Tries endpoints until one has not failed at once. */
    Outcome dialNext(long now) {
        while (tried.count() < target.attempts() && now - started < target.connectTotalNanos()) {
            Endpoint next = target.cluster().acquire(tried, clientHash, now);
            if (next == null) {
                if (tried.failure() == Tried.Failure.FULL) {
                    lastFailure = CloseReason.CLUSTER_FULL;
                }
                break;
            }
            endpoint = next;
            lastTried = next;
            attemptStarted = now;
            try {
                upstream.connect(next.address());
                return Outcome.DIALLING;
            } catch (TransportException failure) {
                attemptFailed(next, failure, now);
                if (failure.kind() == TransportException.Kind.DESCRIPTORS) {
                    reserve.exhaust();
                    break;
                }
            }
        }
        return Outcome.FAILED;
    }

    /** The poller reports that the connect has ended. */
    Outcome onReady(long now) {
        Endpoint dialled = endpoint;
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
        dialled.connectSucceeded(now);
        counters.connected(now - attemptStarted);
        return Outcome.CONNECTED;
    }

    /** The deadline of the attempt or of all of them has passed. */
    Outcome onDeadline(long now) {
        upstream.abortConnect();
        Endpoint dialled = endpoint;
        if (dialled != null) {
            lastFailure = CloseReason.CONNECT_TIMEOUT;
            counters.failed(ConnectFailure.TIMEOUT);
            blame(dialled, "did not answer in time", now);
        }
        return dialNext(now);
    }

    private void attemptFailed(Endpoint dialled, TransportException failure, long now) {
        lastFailure = CloseReason.CONNECT_FAILED;
        counters.failed(switch (failure.kind()) {
            case REFUSED -> ConnectFailure.REFUSED;
            case UNREACHABLE -> ConnectFailure.UNREACHABLE;
            case DESCRIPTORS, LOCAL_PORTS -> ConnectFailure.RESOURCES;
            case OTHER -> ConnectFailure.OTHER;
        });
        switch (failure.kind()) {
            // The endpoint has done nothing wrong.
            case DESCRIPTORS -> giveUp(dialled);
            case LOCAL_PORTS -> {
                long leftOut = dialled.localPortReports().admit(now);
                if (leftOut != LogThrottle.NOT_NOW) {
                    LOG.warn(
                            "Cluster {}: no local port is left for connections to {} ({}){}. Add endpoints or widen ip_local_port_range.",
                            target.cluster().name(), dialled.label(), failure.getMessage(), LogThrottle.leftOut(leftOut));
                }
                giveUp(dialled);
            }
            case REFUSED, UNREACHABLE, OTHER -> blame(dialled, failure.getMessage(), now);
        }
    }

    private void blame(Endpoint dialled, @Nullable String why, long now) {
        if (dialled.believedUp(now)) {
            LOG.warn("Cluster {}: endpoint {}: {}; it is tried last for a while.", target.cluster().name(),
                    dialled.label(), why);
        }
        dialled.connectFailed(now);
        giveUp(dialled);
    }

    private void giveUp(Endpoint dialled) {
        target.cluster().release(dialled);
        endpoint = null;
    }

    /** The connection ends before its connect has. */
    void cancel() {
        if (endpoint != null) {
            giveUp(endpoint);
        }
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
    Endpoint lastTried() {
        return lastTried;
    }

    /** The endpoint that is being tried; null = none is. */
    @Nullable
    Endpoint endpoint() {
        return endpoint;
    }
}
