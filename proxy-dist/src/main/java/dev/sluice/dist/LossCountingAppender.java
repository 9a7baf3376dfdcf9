package dev.sluice.dist;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;

/**
 * Takes log events on any thread without waiting for whoever reads standard error: with a full pipe an event loop would otherwise hang in
 * a log call, and its connections with it. What finds the queue full is dropped, and the number of dropped lines is itself logged before
 * the next line that finds room, or at the end.
 */
final class LossCountingAppender extends AsyncAppender {
    private static final int QUEUED_LINES = 4096;

    private final Logger reporter;
    private long dropped;

    LossCountingAppender(Logger reporter) {
        this.reporter = reporter;
        setQueueSize(QUEUED_LINES);
        setNeverBlock(true);
        // Asks isDiscardable() for an event of any level, and only when there is no room for it.
        setDiscardingThreshold(1);
    }

    /** One at a time, and only the worker takes from the queue: so room that was seen is still there, and the count is exact. */
    @Override
    protected synchronized void append(ILoggingEvent event) {
        if (getRemainingCapacity() > 1) {
            reportLoss();
        }
        super.append(event);
    }

    @Override
    public void stop() {
        if (isStarted()) {
            synchronized (this) {
                reportLoss();
            }
        }
        super.stop();
    }

    @Override
    protected synchronized boolean isDiscardable(ILoggingEvent event) {
        dropped++;
        return true;
    }

    private void reportLoss() {
        if (dropped > 0) {
            Object[] lines = {dropped};
            dropped = 0;
            super.append(new LoggingEvent(LossCountingAppender.class.getName(), reporter, Level.WARN,
                    "{} log lines were dropped: standard error did not take them fast enough", null, lines));
        }
    }
}
