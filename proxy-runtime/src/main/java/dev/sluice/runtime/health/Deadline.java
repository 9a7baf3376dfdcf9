package dev.sluice.runtime.health;

import dev.sluice.runtime.loop.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A timer of a {@link CheckLoop} that runs a task. */
final class Deadline extends Timer {
    private static final Logger LOG = LoggerFactory.getLogger(Deadline.class);

    private final Runnable task;

    Deadline(Runnable task) {
        this.task = task;
    }

    @Override
    protected void onExpiry(long now) {
        task.run();
    }

    @Override
    protected void onExpiryFailed(Throwable failure) {
        LOG.error("Health checks failed because of a defect.", failure);
    }
}
