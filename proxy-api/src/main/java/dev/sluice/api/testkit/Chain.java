package dev.sluice.api.testkit;

import java.time.Duration;

import dev.sluice.api.Answer;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import org.jspecify.annotations.Nullable;

/**
 * A connection with one filter: calls it, waits for it, and ends it. Belongs to the thread that opened it, except
 * {@link #answered} and {@link #note}.
 */
final class Chain {
    final FilterFactory factory;
    final FilterTraits traits;
    final Settings settings;
    final TestingEnvironment environment;
    final long holdNanos;
    /** The lock of all suspensions; notified for each answer. */
    final Object answers = new Object();
    final Stream up = new Stream(this, Direction.CLIENT_TO_UPSTREAM);
    final Stream down = new Stream(this, Direction.UPSTREAM_TO_CLIENT);
    Wakes wakes = new Wakes(this);

    private Thread owner = Thread.currentThread();
    private EventContext context;
    private Calls calls;
    private @Nullable Wait connectWait;
    private @Nullable ConnectDecision decision;
    private long acceptedAt;
    private boolean routed;
    private @Nullable Direction firstEnded;
    private Outcome.State state = Outcome.State.OPEN;
    private @Nullable CloseReason closeReason;
    /** Guarded by {@link #answers}. */
    private @Nullable Throwable failure;
    private long connections;
    @Nullable
    String cluster;
    @Nullable
    String explanation;
    /** The argument of sendLast in the current callback. */
    byte @Nullable [] offered;
    private byte @Nullable [] lastBytes;

    Chain(FilterFactory factory, Settings settings) {
        this.factory = factory;
        this.settings = settings;
        this.environment = settings.environment();
        this.traits = factory.traits();
        this.holdNanos = traits.holdDeadline().toNanos();
        this.context = new EventContext(this, 0);
        this.calls = new Calls(this, context);
    }

    // ── the life of a connection ──────────────────────────────────────────────────────────────────────────────────────────────────────

    void open() {
        owner = Thread.currentThread();
        synchronized (answers) {
            failure = null;
        }
        state = Outcome.State.OPEN;
        closeReason = null;
        connectWait = null;
        decision = null;
        routed = false;
        firstEnded = null;
        cluster = null;
        explanation = null;
        lastBytes = null;
        up.reset(traits.sees(Direction.CLIENT_TO_UPSTREAM));
        down.reset(traits.sees(Direction.UPSTREAM_TO_CLIENT));
        wakes = new Wakes(this);
        context = new EventContext(this, ++connections);
        calls = new Calls(this, context);
        if (calls.newFilter(factory)) {
            decision = calls.onConnect();
            if (decision != null) {
                connect(decision);
            }
        }
        run();
    }

    private void connect(ConnectDecision answer) {
        Wait wait = calls.created;
        if (answer == ConnectDecision.SUSPEND && wait != null) {
            connectWait = wait;
            calls.created = null;
        } else if (answer == ConnectDecision.SUSPEND) {
            breach("onConnect returned SUSPEND without context.suspend(…)");
        } else if (wait != null) {
            breach("onConnect called context.suspend(…) and returned " + answer);
        } else if (decide(answer)) {
            accepted();
        }
    }

    private void accepted() {
        acceptedAt = now();
        routed = !traits.beforeRouting();
    }

    /** Carries out the answer to a suspension; false if that ended the connection. */
    private boolean apply(Answer answer) {
        String to = answer.cluster();
        if (to != null && routed) {
            breach("the answer was " + answer + ", but the connection has been routed already");
            return false;
        }
        if (to != null) {
            try {
                route(to);
            } catch (IllegalArgumentException e) {
                fail(e);
                return false;
            }
        }
        explanation = answer.reason() == null ? explanation : answer.reason();
        offered = answer.lastBytes();
        return decide(answer.decision());
    }

    private boolean decide(ConnectDecision made) {
        if (made == ConnectDecision.REJECT) {
            rejected();
        } else if (made == ConnectDecision.TARPIT) {
            end(Outcome.State.TARPITTED, CloseReason.FILTER_TARPITTED);
        }
        return isOpen();
    }

    /** Chooses the cluster; a filter that names one that does not exist has failed. */
    void route(String name) {
        if (!settings.clusters().isEmpty() && !settings.clusters().contains(name)) {
            throw new IllegalArgumentException(filterName() + ": there is no cluster '" + name + "'; there are "
                    + settings.clusters());
        }
        cluster = name;
    }

    void rejected() {
        lastBytes = offered;
        end(Outcome.State.REJECTED, CloseReason.FILTER_REJECTED);
    }

    /** Ends the wait of routing: the filter has detached, or its time is over, or there is nothing more to see. */
    void waitedEnough(Direction direction) {
        routed |= direction == Direction.CLIENT_TO_UPSTREAM;
    }

    void ended(Direction direction) {
        waitedEnough(direction);
        if (firstEnded == null && stream(direction).closed()) {
            firstEnded = direction;
        }
        if (up.closed() && down.closed()) {
            end(Outcome.State.CLOSED,
                    firstEnded == Direction.CLIENT_TO_UPSTREAM
                            ? CloseReason.CLIENT_FINISHED
                            : CloseReason.UPSTREAM_FINISHED);
        }
    }

    void end(Outcome.State newState, CloseReason reason) {
        if (!isOpen()) {
            return;
        }
        state = newState;
        closeReason = reason;
        cancel(calls.created);
        cancel(connectWait);
        cancel(up.wait);
        cancel(down.wait);
        up.discard();
        down.discard();
        Throwable thrown = calls.onClose(reason);
        if (thrown != null) {
            state = Outcome.State.FAILED;
            note(thrown);
        }
        context.release();
    }

    private void cancel(@Nullable Wait wait) {
        if (wait != null) {
            try {
                wait.cancel();
            } catch (RuntimeException | Error e) {
                note(e);
            }
        }
    }

    // ── failure ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Records that the filter has thrown, or broken its contract. */
    void fail(Throwable t) {
        note(t);
        end(Outcome.State.FAILED, CloseReason.FILTER_FAILED);
    }

    void breach(String what) {
        fail(new IllegalStateException(filterName() + ": " + what));
    }

    /** Keeps a failure that a filter may have swallowed, or that happened on another thread. Any thread. */
    void note(Throwable t) {
        synchronized (answers) {
            if (failure == null) {
                failure = t;
            } else if (!failure.equals(t)) {
                failure.addSuppressed(t);
            }
        }
    }

    // ── events ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Does everything that follows from what has happened. */
    void run() {
        do {
            timeOuts();
            up.pump();
            down.pump();
        } while (resumeAnswered());
    }

    private void timeOuts() {
        long now = now();
        wakes.run(now);
        timeOut(connectWait, now);
        timeOut(up.wait, now);
        timeOut(down.wait, now);
        resumeAnswered();
        up.pump();
        up.expireIfDue();
        down.pump();
        down.expireIfDue();
    }

    private void timeOut(@Nullable Wait wait, long now) {
        if (wait != null && wait.timeoutAt - now <= 0) {
            cancel(wait);
        }
    }

    /** Resumes the waits that have been answered; false if none had been. */
    private boolean resumeAnswered() {
        boolean any = false;
        Wait wait = connectWait;
        if (isOpen() && wait != null && wait.isDone()) {
            any = true;
            connectWait = null;
            if (apply(wait.result())) {
                accepted();
            }
        }
        any |= resumeAnswered(up);
        any |= resumeAnswered(down);
        return any;
    }

    private boolean resumeAnswered(Stream stream) {
        Wait wait = stream.wait;
        if (!isOpen() || wait == null || !wait.isDone()) {
            return false;
        }
        if (apply(wait.result())) {
            stream.resume();
        }
        return true;
    }

    /** Wakes the thread that waits for answers. Any thread. */
    void answered() {
        if (Thread.currentThread() == owner && calls.running() == null && isOpen()) {
            run();
        }
    }

    /** {@return the nanoseconds until something happens by itself; {@link Long#MAX_VALUE} = never} */
    long remaining() {
        long now = now();
        if (!isOpen()) {
            return Long.MAX_VALUE;
        }
        long wake = wakes.remaining(now);
        if (connectWait != null) {
            return Math.min(wake, connectWait.timeoutAt - now);
        }
        return Math.min(wake, Math.min(up.remaining(now), down.remaining(now)));
    }

    /** {@return whether a suspension lasts} */
    boolean suspended() {
        return isOpen() && (connectWait != null || up.wait != null || down.wait != null);
    }

    /** The waits that last, or have been answered and not been looked at; null for those that there are none of. */
    @Nullable
    Wait[] waits() {
        return new Wait[]{connectWait, up.wait, down.wait};
    }

    // ── queries of the rest of the kit ────────────────────────────────────────────────────────────────────────────────────────────────

    boolean isOpen() {
        return state == Outcome.State.OPEN;
    }

    /** {@return whether routing waits for the filter to detach from this direction} */
    boolean awaits(Direction direction) {
        return !routed && direction == Direction.CLIENT_TO_UPSTREAM;
    }

    /** {@return whether nothing is read in this direction, whatever the filter does} */
    boolean stops(Direction direction) {
        return connectWait != null || (direction == Direction.UPSTREAM_TO_CLIENT && !routed);
    }

    /** {@return whether the filter saw a direction and has detached from it} */
    boolean hasDetached(Direction direction) {
        return traits.sees(direction) && !stream(direction).attached();
    }

    /** {@return whether the endpoint has been, or is being, dialled} */
    boolean isRouted() {
        return routed;
    }

    /** The time until which routing waits for the filter. */
    long deadlineOfRouting(boolean begun, long begunAt) {
        Duration silence = traits.silenceDeadline();
        if (silence == null) {
            return acceptedAt + holdNanos;
        }
        return begun ? begunAt + holdNanos : acceptedAt + silence.toNanos();
    }

    long now() {
        return environment.nanoTime();
    }

    String filterName() {
        return "filter '" + environment.filter() + "'";
    }

    Outcome.State state() {
        return state;
    }

    @Nullable
    CloseReason closeReason() {
        return closeReason;
    }

    @Nullable
    Throwable failure() {
        synchronized (answers) {
            return failure;
        }
    }

    /** {@return the last bytes for the client, of a rejection; null = none} */
    byte @Nullable [] lastBytes() {
        return lastBytes;
    }

    @Nullable
    ConnectDecision decision() {
        return decision;
    }

    EventContext context() {
        return context;
    }

    boolean connecting() {
        return connectWait != null;
    }

    Stream stream(Direction direction) {
        return direction == Direction.CLIENT_TO_UPSTREAM ? up : down;
    }

    Calls calls() {
        return calls;
    }

    Thread owner() {
        return owner;
    }
}
