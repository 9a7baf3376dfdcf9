package dev.sluice.runtime.health;

import java.io.IOException;
import java.time.Duration;

import dev.sluice.runtime.loop.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check on a virtual thread of its own, which blocks: a TLS handshake. {@link #expire} and {@link #cancel} close its socket, and are for any
 * thread.
 */
final class ThreadRun extends CheckRun implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadRun.class);

    private final CheckSocket socket = new CheckSocket();
    private final Conversation conversation;
    private final Thread thread;

    /**
     * A check that starts now.
     *
     * @param now {@link System#nanoTime()}
     */
    ThreadRun(Check check, TlsProbe probe, TlsContexts contexts, Listener listener, long now) {
        super(check, listener, now);
        this.conversation = new Conversation(check.settings(), probe, check.address(), socket, contexts);
        this.thread = Thread.ofVirtual().name("sluice-health ", 0).unstarted(this);
    }

    @Override
    void start() {
        thread.start();
    }

    @Override
    void expire() {
        super.expire();
        socket.close();
    }

    @Override
    void cancel() {
        socket.close();
    }

    @Override
    void awaitEnd(Duration patience) {
        Threads.join(thread, patience);
    }

    @Override
    public void run() {
        boolean late = isLate(System.nanoTime());
        CheckException failure = null;
        try {
            conversation.hold();
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
        if (failure != null) {
            socket.close();
        }
        listener().answered(this, outcome(failure, late, now), failure != null);
        if (failure == null) {
            finish();
        }
    }

    private CheckException broken(IOException e) {
        return isExpired()
                ? conversation.missingAfter(timeoutText())
                : new CheckException(CheckResult.CLOSED, CheckSocket.words(e));
    }

    private void finish() {
        try (socket) {
            conversation.finish();
        } catch (IOException e) {
            // The result is known; the peer may end as it likes.
        }
        listener().over(this);
    }
}
