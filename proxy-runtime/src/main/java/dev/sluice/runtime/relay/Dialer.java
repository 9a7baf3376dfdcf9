package dev.sluice.runtime.relay;

import java.net.InetSocketAddress;
import java.util.Arrays;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ConnectAttempts;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.observe.ConnectCounters;
import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.transport.SocketFailure;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a relay its endpoint: up to {@code connectAttempts} of them, one after the other, each with a deadline and all with a common one.
 * The client's bytes stay in the kernel meanwhile, so that every attempt starts with all of them. Exists only while the relay connects;
 * on the relay's loop.
 */
final class Dialer {
    private static final Logger LOG = LoggerFactory.getLogger(Dialer.class);

    private final Relay relay;
    private final Cluster cluster;
    private final ConnectCounters counters;
    private final ConnectAttempts attempts = new ConnectAttempts();
    private final long started;
    private final long clientHash;
    private long attemptStarted;
    private @Nullable EndpointState endpoint;
    private @Nullable EndpointState lastTried;
    private CloseReason lastFailure = CloseReason.NO_ENDPOINT;

    Dialer(Relay relay, Cluster cluster, int loopIndex, StreamSocket client, long now) {
        this.relay = relay;
        this.cluster = cluster;
        this.counters = cluster.state().counters().get(loopIndex);
        this.started = now;
        this.attemptStarted = now;
        this.clientHash = client.remoteAddress() instanceof InetSocketAddress address
                ? Arrays.hashCode(address.getAddress().getAddress())
                : 0;
    }

    /** When the current attempt, or all of them, have taken too long. */
    long deadline() {
        return Math.min(attemptStarted + cluster.policy().attemptNanos(), started + cluster.policy().totalNanos());
    }

    /** Tries endpoints until one has not failed at once; closes the relay when none is left. */
    void dialNext(long now) {
        while (attempts.count() < cluster.policy().attempts() && now - started < cluster.policy().totalNanos()) {
            EndpointState next = cluster.acquire(attempts, clientHash, now);
            if (next == null) {
                if (attempts.failure() == ConnectAttempts.Failure.FULL) {
                    lastFailure = CloseReason.CLUSTER_FULL;
                }
                break;
            }
            endpoint = next;
            lastTried = next;
            attemptStarted = now;
            try {
                StreamSocket connecting = relay.upstream().dial(next.address());
                relay.worker().self().dialling(relay.id(), relay.service().state(), relay.client().socket(), connecting,
                        next.address());
                return;
            } catch (SocketFailure failure) {
                attemptFailed(next, failure, now);
                if (failure.kind() == SocketFailure.Kind.DESCRIPTORS) {
                    relay.worker().reserve().exhaust();
                    break;
                }
            }
        }
        relay.connectFailed(lastFailure);
    }

    /** The poller reports that the connect has ended. */
    void onReady(StreamSocket socket, long now) {
        EndpointState tries = endpoint;
        if (tries == null) {
            return;
        }
        try {
            if (!socket.finishConnect()) {
                return;
            }
        } catch (SocketFailure failure) {
            relay.upstream().hangUp();
            attemptFailed(tries, failure, now);
            dialNext(now);
            return;
        }
        tries.connectSucceeded(now);
        counters.connected(now - attemptStarted);
        relay.worker().self().dialled(relay.id(), relay.service().state(), relay.client().socket(), socket);
        if (relay.worker().self().leadsBack(relay.service().state(), relay.client().socket())) {
            relay.connectFailed(CloseReason.PROXY_LOOP);
            return;
        }
        endpoint = null;
        relay.connected(tries, now - started);
    }

    /** The deadline of the attempt or of all of them has passed. */
    void onDeadline(long now) {
        relay.upstream().hangUp();
        EndpointState tries = endpoint;
        if (tries != null) {
            lastFailure = CloseReason.CONNECT_TIMEOUT;
            counters.failed(ConnectFailure.TIMEOUT);
            blame(tries, "did not answer in time", now);
        }
        dialNext(now);
    }

    private void attemptFailed(EndpointState tries, SocketFailure failure, long now) {
        lastFailure = CloseReason.CONNECT_FAILED;
        counters.failed(switch (failure.kind()) {
            case REFUSED -> ConnectFailure.REFUSED;
            case UNREACHABLE -> ConnectFailure.UNREACHABLE;
            case DESCRIPTORS, LOCAL_PORTS -> ConnectFailure.RESOURCES;
            case OTHER -> ConnectFailure.OTHER;
        });
        switch (failure.kind()) {
            // The endpoint has done nothing wrong.
            case DESCRIPTORS -> giveUp(tries);
            case LOCAL_PORTS -> {
                LOG.warn(
                        "Cluster {}: no local port is left for connections to {} ({}). Add endpoints or widen ip_local_port_range.",
                        cluster.name(), tries.label(), failure.getMessage());
                giveUp(tries);
            }
            case REFUSED, UNREACHABLE, OTHER -> blame(tries, failure.getMessage(), now);
        }
    }

    private void blame(EndpointState tries, @Nullable String why, long now) {
        if (tries.believedUp(now)) {
            LOG.warn("Cluster {}: endpoint {}: {}; it is tried last for a while.", cluster.name(),
                    tries.label(), why);
        }
        tries.connectFailed(now);
        giveUp(tries);
    }

    private void giveUp(EndpointState tries) {
        tries.release();
        endpoint = null;
    }

    /** The relay ends before its connect has. */
    void cancel() {
        if (endpoint != null) {
            giveUp(endpoint);
        }
    }

    /** The cluster whose endpoints are tried. */
    Cluster cluster() {
        return cluster;
    }

    /** Which endpoint was tried last. */
    @Nullable
    EndpointState lastTried() {
        return lastTried;
    }

    /** Which endpoint is being attempts. */
    @Nullable
    EndpointState endpoint() {
        return endpoint;
    }
}
