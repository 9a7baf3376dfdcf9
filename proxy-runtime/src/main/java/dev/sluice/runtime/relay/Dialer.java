package dev.sluice.runtime.relay;

import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.ConnectAttempts;
import dev.sluice.runtime.cluster.ConnectQueue;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.observe.ConnectCounters;
import dev.sluice.runtime.observe.ConnectFailure;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one connection to reach an endpoint: up to {@code connectAttempts}, one after the other, each with a
 * deadline and all with a common one. An endpoint whose backlog is full (a Unix socket reports that at once, where TCP
 * waits) is dialled again until its deadline, and does not count as failed. The client's bytes stay in the kernel
 * meanwhile, so that every attempt starts with all of them. Exists only while the connection is in
 * {@link RelayState#CONNECTING}; on its loop.
 */
final class Dialer implements ConnectQueue.Waiting {
    /** Results of a step. */
    enum Outcome {
        /** Each place is taken, and the client waits for one, until {@link #deadline}. */
        WAITING,
        /** An attempt is under way, until {@link #deadline}. */
        DIALLING,
        /** {@link #endpoint} has answered, and a TLS handshake comes next, until {@link #deadline}. */
        HANDSHAKE,
        /** {@link #endpoint} has answered; the caller owns its place there from now on. */
        CONNECTED,
        /** No endpoint is left to try; {@link #failure} is the reason. */
        FAILED
    }

    /**
     * The first pause before an endpoint without room is dialled again; doubled each time, so that many clients cost
     * little.
     */
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(160);
    /** The time after which the first client of a queue looks for a place that nobody has called it for. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Connection connection;
    private final Side upstream;
    private final DescriptorReserve reserve;
    private final Events events;
    private final Cluster cluster;
    private final ConnectCounters counters;
    private final ConnectAttempts attempts = new ConnectAttempts();
    private long started;
    /** Whether the client waits in the queue of the cluster, or has just been called. */
    private boolean waiting;
    /** Whether the client has joined the queue: from then on it goes to the front of it. */
    private boolean hasQueued;
    /** Endpoints that were tried before the client joined the queue. */
    private int triedBefore;
    /** The time at which the client joined the queue for the first time. */
    private long queuedAt;
    private final long clientHash;
    private long attemptStarted;
    /** The last pause of the current attempt; 0 = the endpoint is not busy. */
    private long pauseNanos;
    /** Whether the current attempt has come to its TLS handshake. */
    private boolean handshaking;
    /** The time at which a busy endpoint is dialled again, or a client in the queue looks again. */
    private long dialAgainAt;
    private @Nullable EndpointState endpoint;
    private @Nullable EndpointState lastTried;
    /** The last failure in words; null = there was none. */
    private @Nullable String problem;
    private CloseReason lastFailure = CloseReason.NO_ENDPOINT;

    /**
     * A dialer that has not tried anything yet.
     *
     * @param connection whose upstream side is to be connected
     * @param clientHash for balancers that choose by client
     * @param events of the server
     */
    Dialer(Connection connection, Cluster cluster, int loopIndex, long clientHash, DescriptorReserve reserve,
            Events events) {
        this.connection = connection;
        this.upstream = connection.upstream();
        this.reserve = reserve;
        this.events = events;
        this.cluster = cluster;
        this.counters = cluster.state().counters().get(loopIndex);
        this.started = connection.now();
        this.attemptStarted = started;
        this.clientHash = clientHash;
    }

    /** The time for {@link #onDeadline}. */
    long deadline() {
        if (waiting) {
            return Math.min(queueDeadline(), dialAgainAt);
        }
        return pauseNanos == 0 ? finalDeadline() : Math.min(dialAgainAt, finalDeadline());
    }

    private long queueDeadline() {
        return queuedAt + cluster.policy().queueNanos();
    }

    /** The deadline of the current attempt, or of all of them if that comes first. */
    private long finalDeadline() {
        return Math.min(attemptStarted + cluster.policy().attemptNanos(), started + cluster.policy().totalNanos());
    }

    /** Tries endpoints until one has not failed at once. */
    Outcome dialNext(long now) {
        while (triedBefore + attempts.count() < cluster.policy().attempts()
                && now - started < cluster.policy().totalNanos()) {
            if (lastTried == null && cluster.state().queue().length() > 0) {
                // Others have waited for longer.
                return onFull(now);
            }
            EndpointState next = cluster.acquire(attempts, clientHash, now);
            if (next == null) {
                if (attempts.failure() == ConnectAttempts.Failure.FULL) {
                    return onFull(now);
                }
                break;
            }
            TransportException.Kind failure = begin(next, now);
            if (failure == null) {
                return Outcome.DIALLING;
            }
            if (failure == TransportException.Kind.DESCRIPTORS) {
                break;
            }
        }
        return Outcome.FAILED;
    }

    private TransportException.@Nullable Kind begin(EndpointState next, long now) {
        endpoint = next;
        lastTried = next;
        attemptStarted = now;
        return dial(next, now);
    }

    /** Joins the queue, if there is one, or goes back to its front. */
    private Outcome onFull(long now) {
        ConnectQueue queue = cluster.state().queue();
        int max = cluster.policy().queueMax();
        if (hasQueued) {
            waiting = true;
            queue.addFirst(this);
        } else if (max > 0 && queue.add(this, max)) {
            waiting = true;
            hasQueued = true;
            queuedAt = now;
        } else {
            lastFailure = max > 0 ? CloseReason.QUEUE_FULL : CloseReason.CLUSTER_FULL;
            ConnectFailures.reportFull(cluster, events, now);
            return Outcome.FAILED;
        }
        // When its turn comes it takes whatever place there is, among the endpoints that there are then.
        triedBefore += attempts.count();
        attempts.clear();
        return lookAgain(true, now);
    }

    /** Looks for a place that became free before this was in the queue, or without a call. */
    private Outcome lookAgain(boolean inTurn, long now) {
        dialAgainAt = now + LOOK_AGAIN_NANOS;
        if (inTurn && cluster.hasPlace(now)) {
            cluster.state().queue().wake();
        }
        return Outcome.WAITING;
    }

    /** Called by the thread that has freed a place. */
    @Override
    public void onCall() {
        connection.loop().execute(connection::onQueueTurn);
    }

    /** Tries to take the place that has become free; only while {@link #isWaiting}. */
    Outcome onTurn(long now) {
        EndpointState next = cluster.acquireInTurn(attempts, clientHash, now);
        if (next == null && attempts.failure() == ConnectAttempts.Failure.FULL) {
            return onFull(now);
        }
        waiting = false;
        counters.queued(now - queuedAt);
        if (next == null || cluster.hasPlace(now)) {
            // For others that wait there is a place as well, or nothing to wait for.
            cluster.state().queue().wake();
        }
        if (triedBefore == 0) {
            started = now;
        }
        return next == null ? Outcome.FAILED : after(begin(next, now), now);
    }

    /** Whether the client waits for a place. */
    boolean isWaiting() {
        return waiting;
    }

    /** Goes on after an attempt was started, or has failed at once. */
    private Outcome after(TransportException.@Nullable Kind failure, long now) {
        if (failure == null) {
            return Outcome.DIALLING;
        }
        return failure == TransportException.Kind.DESCRIPTORS ? Outcome.FAILED : dialNext(now);
    }

    /** Starts an attempt. @return the kind of its failure; {@code null} when it goes on */
    private TransportException.@Nullable Kind dial(EndpointState current, long now) {
        try {
            if (current.refusing()) {
                throw new TransportException(TransportException.Kind.REFUSED, "refused on request");
            }
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
        if (cluster.tls() != null) {
            handshaking = true;
            return Outcome.HANDSHAKE;
        }
        succeed(now);
        return Outcome.CONNECTED;
    }

    /** The current attempt has succeeded. */
    void succeed(long now) {
        EndpointState dialled = endpoint;
        if (dialled == null) {
            return;
        }
        handshaking = false;
        if (dialled.connectSucceeded(now)) {
            events.endpoint(cluster.name(), dialled.label(), true, "a connect succeeded");
            cluster.state().queue().wake();
        }
        counters.connected(now - attemptStarted);
        ConnectFailures.record(connection.id(), dialled, triedBefore + attempts.count(), now - attemptStarted,
                "connected");
    }

    /** Handles the end of a TLS handshake that has failed, and blames the endpoint if it is its fault. */
    Outcome onHandshakeFailed(String why, boolean itsFault, long now) {
        EndpointState dialled = endpoint;
        handshaking = false;
        upstream.abortConnect();
        if (dialled != null) {
            lastFailure = CloseReason.UPSTREAM_TLS_FAILED;
            failed(dialled, ConnectFailure.TLS, now);
            blame(dialled, "TLS: " + why, itsFault, now);
        }
        return dialNext(now);
    }

    /** Dials a busy endpoint again, or goes on to the next one if the time of the attempt or of all of them is over. */
    Outcome onDeadline(long now) {
        if (waiting) {
            if (now < queueDeadline()) {
                // That the time of an ejection is over calls nobody.
                return lookAgain(cluster.state().queue().isFirst(this), now);
            }
            lastFailure = CloseReason.QUEUE_TIMEOUT;
            leaveQueue();
            return Outcome.FAILED;
        }
        EndpointState current = endpoint;
        boolean busy = pauseNanos > 0;
        if (busy && current != null && now < finalDeadline()) {
            return after(dial(current, now), now);
        }
        upstream.abortConnect();
        pauseNanos = 0;
        if (current != null) {
            lastFailure = handshaking ? CloseReason.UPSTREAM_TLS_TIMEOUT : CloseReason.CONNECT_TIMEOUT;
            failed(current, ConnectFailure.TIMEOUT, now);
            blame(current, handshaking ? "TLS: the handshake was not complete in time" : "no answer in time", !busy,
                    now);
            handshaking = false;
        }
        return dialNext(now);
    }

    private void attemptFailed(EndpointState dialled, TransportException failure, long now) {
        lastFailure = CloseReason.CONNECT_FAILED;
        failed(dialled, ConnectFailures.of(failure.kind()), now);
        if (failure.kind() == TransportException.Kind.LOCAL_PORTS) {
            ConnectFailures.reportLocalPorts(cluster, dialled, failure.getMessage(), now);
        }
        blame(dialled, failure.getMessage(), ConnectFailures.isOfEndpoint(failure.kind()), now);
    }

    private void failed(EndpointState dialled, ConnectFailure failure, long now) {
        counters.failed(failure);
        ConnectFailures.record(connection.id(), dialled, triedBefore + attempts.count(), now - attemptStarted,
                failure.label());
    }

    /** @param itsFault whether the failure speaks against the endpoint */
    private void blame(EndpointState dialled, @Nullable String reason, boolean itsFault, long now) {
        problem = dialled.label() + ": " + reason;
        if (itsFault) {
            ConnectFailures.report(cluster, dialled, String.valueOf(reason), events, now);
        }
        giveUp(dialled);
    }

    private void giveUp(EndpointState dialled) {
        dialled.release();
        endpoint = null;
    }

    private void leaveQueue() {
        waiting = false;
        counters.queued(connection.now() - queuedAt);
        if (!cluster.state().queue().leave(this)) {
            // Its turn had come.
            cluster.state().queue().wake();
        }
    }

    /** Gives up the current attempt, or the place in the queue, when the connection ends first. */
    void cancel() {
        if (waiting) {
            leaveQueue();
        }
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

    /** The last failure in words; null = there was none. */
    @Nullable
    String problem() {
        return problem;
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
