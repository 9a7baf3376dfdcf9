package dev.sluice.runtime.health;

import java.io.IOException;
import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check under way, on a virtual thread of its own. {@link #expire} and {@link #cancel} are for any thread; the rest belongs to the thread
 * that has made it.
 */
final class CheckRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckRun.class);

    /** The receiver of what becomes of a check, on the thread of the check. */
    interface Listener {
        /**
         * The result is there.
         *
         * @param over whether the connection is closed, so that {@link #over} is not called
         */
        void answered(CheckRun run, Outcome outcome, boolean over);

        /** The connection is closed. */
        void over(CheckRun run);
    }

    private final Check check;
    private final CheckSocket socket = new CheckSocket();
    private final Conversation conversation;
    private final Listener listener;
    private final long startedAt;
    private final long deadline;
    private final long slack;
    private final boolean lateBefore;
    private final Thread thread;
    /** The task that calls {@link #expire}. */
    private @Nullable Future<?> expiry;
    private volatile boolean expired;

    /**
     * A check that starts now.
     *
     * @param now {@link System#nanoTime()}
     */
    CheckRun(Check check, TlsContexts contexts, Listener listener, long now) {
        CheckSettings settings = check.settings();
        this.check = check;
        this.conversation = new Conversation(settings, check.address(), socket, contexts);
        this.listener = listener;
        this.startedAt = now;
        this.deadline = now + settings.timeout().toNanos();
        this.slack = settings.timeout().toNanos() / 2;
        this.lateBefore = check.lateBy() > slack;
        this.thread = Thread.ofVirtual().name("sluice-health ", 0).unstarted(this);
    }

    Check check() {
        return check;
    }

    /** {@link System#nanoTime()} of its start. */
    long startedAt() {
        return startedAt;
    }

    Thread thread() {
        return thread;
    }

    /** Replaces the task that ends it. */
    void expiry(@Nullable Future<?> task) {
        if (expiry != null) {
            expiry.cancel(false);
        }
        expiry = task;
    }

    /** Ends it because its time is over. */
    void expire() {
        expired = true;
        socket.close();
    }

    /** Ends it because nobody wants it. */
    void cancel() {
        socket.close();
    }

    @Override
    public void run() {
        boolean late = lateBefore || System.nanoTime() - startedAt > slack;
        CheckException failure = null;
        boolean goodbye = false;
        try {
            goodbye = conversation.hold();
        } catch (CheckException e) {
            failure = e;
        } catch (IOException e) {
            failure = broken(e);
        } catch (OutOfMemoryError e) {
            failure = new CheckException(CheckResult.RESOURCES, "out of memory");
        } catch (RuntimeException | Error e) {
            LOG.error("A health check failed because of a defect.", e);
            failure = new CheckException(CheckResult.RESOURCES, "a defect of the check: " + e);
        }
        long now = System.nanoTime();
        // The deadline, or this thread after it, may have been late as well.
        late |= now - deadline > slack;
        if (!goodbye) {
            socket.close();
        }
        listener.answered(this, outcome(failure, late, now - startedAt), !goodbye);
        if (goodbye) {
            try (socket) {
                conversation.finish();
            } catch (IOException e) {
                // The result is known; the peer may end as it likes.
            }
            listener.over(this);
        }
    }

    private CheckException broken(IOException e) {
        return expired
                ? conversation.missingAfter(text(check.settings().timeout().toMillis()))
                : new CheckException(CheckResult.CLOSED, CheckSocket.words(e));
    }

    private Outcome outcome(@Nullable CheckException failure, boolean late, long nanos) {
        if (failure == null) {
            return new Outcome(CheckResult.PASSED, "", nanos);
        }
        // Peers, too, give up on those that are slow.
        boolean own = late && (expired || failure.result() == CheckResult.CLOSED);
        return new Outcome(own ? CheckResult.LATE : failure.result(), failure.reason(), nanos);
    }

    private static String text(long millis) {
        return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
}
