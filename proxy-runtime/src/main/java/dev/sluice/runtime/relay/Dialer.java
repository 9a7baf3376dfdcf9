package dev.sluice.runtime.relay;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.Endpoint;
import dev.sluice.runtime.cluster.Tried;
import dev.sluice.runtime.observe.ConnectCounters;
import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The search for the endpoint of a relay: up to {@code connectAttempts} of them, one after the other, each with a deadline and all with a
 * common one. An endpoint whose backlog is full (a Unix socket reports that at once, where TCP waits) is dialled again until its
 * deadline, and not blamed. The client's bytes stay in the kernel meanwhile, so that every attempt starts with all of them. Exists only while the relay connects;
 * on the relay's loop.
 */
final class Dialer {
    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);
    /** The pause before an endpoint is dialled again that had no room; doubled each time, so that many clients cost little. */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(160);

    private final Relay relay;
    private final Target target;
    private final ConnectCounters counters;
    private final Tried tried = new Tried();
    private final long started;
    private final long clientHash;
    private long attemptStarted;
    /** The last pause of the current attempt; 0 = the endpoint is not busy. */
    private long pauseNanos;
    private long dialAgainAt;
    private @Nullable Endpoint endpoint;
    private @Nullable Endpoint lastTried;
    private CloseReason lastFailure = CloseReason.NO_ENDPOINT;

    Dialer(Relay relay, Target target, int loopIndex, StreamSocket client, long now) {
        this.relay = relay;
        this.target = target;
        this.counters = target.counters().get(loopIndex);
        this.started = now;
        this.attemptStarted = now;
        this.clientHash = client.remoteAddress() instanceof InetSocketAddress address
                ? Arrays.hashCode(address.getAddress().getAddress())
                : 0;
    }

    /** The time for {@link #onDeadline}. */
    long deadline() {
        return pauseNanos == 0 ? lastMoment() : Math.min(dialAgainAt, lastMoment());
    }

    /** When the current attempt, or all of them, have taken too long. */
    private long lastMoment() {
        return Math.min(attemptStarted + target.connectNanos(), started + target.connectTotalNanos());
    }

    /** Tries endpoints until one has not failed at once; closes the relay when none is left. */
    void dialNext(long now) {
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
            TransportException.Kind failure = dial(next, now);
            if (failure == null) {
                return;
            }
            if (failure == TransportException.Kind.DESCRIPTORS) {
                break;
            }
        }
        relay.connectFailed(lastFailure);
    }

    /** @return why the attempt has failed; {@code null} when it goes on */
    private TransportException.@Nullable Kind dial(Endpoint current, long now) {
        try {
            relay.upstream().dial(current.address());
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
                relay.worker().reserve().exhaust();
            }
            return failure.kind();
        }
    }

    /** The poller reports that the connect has ended. */
    void onReady(StreamSocket socket, long now) {
        Endpoint tries = endpoint;
        if (tries == null) {
            return;
        }
        try {
            if (!socket.finishConnect()) {
                return;
            }
        } catch (TransportException failure) {
            relay.upstream().hangUp();
            attemptFailed(tries, failure, now);
            dialNext(now);
            return;
        }
        tries.connectSucceeded(now);
        counters.connected(now - attemptStarted);
        endpoint = null;
        relay.connected(tries, now - started);
    }

    /** A busy endpoint is to be dialled again, or the time of the attempt or of all of them is over. */
    void onDeadline(long now) {
        Endpoint current = endpoint;
        boolean busy = pauseNanos > 0;
        if (busy && current != null && now < lastMoment()) {
            TransportException.Kind failure = dial(current, now);
            if (failure == TransportException.Kind.DESCRIPTORS) {
                relay.connectFailed(lastFailure);
            } else if (failure != null) {
                dialNext(now);
            }
            return;
        }
        relay.upstream().hangUp();
        pauseNanos = 0;
        if (current != null) {
            lastFailure = CloseReason.CONNECT_TIMEOUT;
            counters.failed(ConnectFailure.TIMEOUT);
            if (busy) {
                giveUp(current);
            } else {
                blame(current, "did not answer in time", now);
            }
        }
        dialNext(now);
    }

    private void attemptFailed(Endpoint tries, TransportException failure, long now) {
        lastFailure = CloseReason.CONNECT_FAILED;
        counters.failed(switch (failure.kind()) {
            case REFUSED -> ConnectFailure.REFUSED;
            case BUSY -> ConnectFailure.TIMEOUT;
            case UNREACHABLE -> ConnectFailure.UNREACHABLE;
            case DESCRIPTORS, LOCAL_PORTS -> ConnectFailure.RESOURCES;
            case ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, NOT_A_SOCKET, NO_DIRECTORY, NOT_PERMITTED, OTHER ->
                ConnectFailure.OTHER;
        });
        switch (failure.kind()) {
            // The endpoint has done nothing wrong.
            case DESCRIPTORS, BUSY -> giveUp(tries);
            case LOCAL_PORTS -> {
                LOG.warn(
                        "Cluster {}: no local port is left for connections to {} ({}). Add endpoints or widen ip_local_port_range.",
                        target.cluster().name(), tries.label(), failure.getMessage());
                giveUp(tries);
            }
            case REFUSED, UNREACHABLE, ADDRESS_IN_USE, ADDRESS_NOT_AVAILABLE, NOT_A_SOCKET, NO_DIRECTORY, NOT_PERMITTED,
                    OTHER ->
                blame(tries, failure.getMessage(), now);
        }
    }

    private void blame(Endpoint tries, @Nullable String why, long now) {
        if (tries.believedUp(now)) {
            LOG.warn("Cluster {}: endpoint {}: {}; it is tried last for a while.", target.cluster().name(),
                    tries.label(), why);
        }
        tries.connectFailed(now);
        giveUp(tries);
    }

    private void giveUp(Endpoint tries) {
        target.cluster().release(tries);
        endpoint = null;
    }

    /** The relay ends before its connect has. */
    void cancel() {
        if (endpoint != null) {
            giveUp(endpoint);
        }
    }

    /** Which endpoint was tried last. */
    @Nullable
    Endpoint lastTried() {
        return lastTried;
    }

    /** Which endpoint is being tried. */
    @Nullable
    Endpoint endpoint() {
        return endpoint;
    }
}
