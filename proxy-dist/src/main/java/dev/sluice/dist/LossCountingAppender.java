package dev.sluice.dist;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;

/**
 * An appender that takes log events on any thread without waiting for the reader of standard error: with a full pipe an
 * event loop would otherwise hang in a log call, and its connections with it. Events beyond a full queue are dropped,
 * and the number of dropped lines is itself logged before the next line that has room, or at the end.
 */
final class LossCountingAppender extends AsyncAppender {
    private static final int QUEUED_LINES = 4096;
    /** The last place in the queue is for the number of dropped lines, which must not be dropped itself. */
    private static final int RESERVED = 1;

    private final Logger reporter;
    private long dropped;
    private boolean reporting;

    LossCountingAppender(Logger reporter) {
        this.reporter = reporter;
        setQueueSize(QUEUED_LINES + RESERVED);
        setNeverBlock(true);
        // With fewer free places than this, isDiscardable() decides.
        setDiscardingThreshold(RESERVED + 1);
    }

    /**
     * One at a time, and only the worker takes from the queue: so room that was seen is still there, and the count is
     * exact.
     */
    @Override
    protected synchronized void append(ILoggingEvent event) {
        if (dropped > 0 && getRemainingCapacity() > RESERVED + 1) {
            reportLoss();
        }
        super.append(event);
    }

    @Override
    public void stop() {
        synchronized (this) {
            if (isStarted() && dropped > 0) {
                reportLoss();
            }
        }
        super.stop();
    }

    @Override
    protected synchronized boolean isDiscardable(ILoggingEvent event) {
        if (!reporting) {
            dropped++;
        }
        return !reporting;
    }

    private void reportLoss() {
        Object[] lines = {dropped};
        dropped = 0;
        reporting = true;
        super.append(new LoggingEvent(LossCountingAppender.class.getName(), reporter, Level.WARN,
                "{} log lines were dropped: standard error did not take them fast enough", null, lines));
        reporting = false;
    }
}
