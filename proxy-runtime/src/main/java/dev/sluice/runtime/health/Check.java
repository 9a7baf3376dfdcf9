package dev.sluice.runtime.health;

import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import dev.sluice.runtime.health.CheckVerdict.Standing;
import dev.sluice.runtime.loop.Timer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check of one address with one set of settings: its verdict, its targets, and the time of its next start. Belongs to one thread.
 *
 * <p>Times are {@link System#nanoTime()}, which the caller passes.
 */
final class Check {
    private static final Logger LOG = LoggerFactory.getLogger(Check.class);

    private final SocketAddress address;
    private final CheckSettings settings;
    private final CheckVerdict verdict;
    private final CheckSchedule schedule;
    private Set<CheckTarget> targets = Set.of();
    private String reason = "";
    private long lastStart;
    private long nextStart;
    /** Whether a failed connect has asked for it since its last start. */
    private boolean asked;
    private final Timer timer;
    private @Nullable CheckRun underWay;
    private boolean due;
    /** The time by which its thread was late to find it due. */
    private long lateBy;
    private boolean dropped;

    /**
     * A check without targets that is due within a second.
     *
     * @param whenDue called by its {@link #timer}
     */
    Check(SocketAddress address, CheckSettings settings, RandomGenerator random, long now, Consumer<Check> whenDue) {
        this.timer = new Deadline(() -> whenDue.accept(this));
        this.address = address;
        this.settings = settings;
        this.verdict = new CheckVerdict(settings.rise(), settings.fall());
        this.schedule = new CheckSchedule(settings.interval(), random);
        this.lastStart = now - CheckSchedule.URGENT_NANOS;
        this.nextStart = later(CheckSchedule.end(now, schedule.first()), now);
    }

    SocketAddress address() {
        return address;
    }

    CheckSettings settings() {
        return settings;
    }

    Standing standing() {
        return verdict.standing();
    }

    /** The time at which it is due. */
    long nextStart() {
        return nextStart;
    }

    /** Replaces the targets; those that were none before get the verdict. */
    void targets(Set<CheckTarget> wanted) {
        Set<CheckTarget> before = targets;
        targets = new LinkedHashSet<>(wanted);
        for (CheckTarget target : targets) {
            if (!before.contains(target)) {
                pronounce(target);
            }
        }
    }

    /** Its time has come. */
    void due(long now) {
        due = true;
        lateBy = now - nextStart;
    }

    /** Whether it is due and can start. While the last run closes its connection, it cannot. */
    boolean isReady() {
        return due && underWay == null && !dropped;
    }

    /** The time by which its thread was late to find it due; without the time that it waited for others. */
    long lateBy() {
        return lateBy;
    }

    /** It starts now. */
    void started(CheckRun run, long now) {
        underWay = run;
        lastStart = now;
        due = false;
        asked = false;
    }

    /** Its run is over. */
    void released() {
        underWay = null;
    }

    /** Counts a result, reports it to the targets, and decides when it is due again. */
    void ended(Outcome outcome, long now) {
        boolean changed = false;
        if (outcome.result() == CheckResult.PASSED) {
            changed = verdict.success();
        } else if (outcome.result().counts()) {
            reason = outcome.reason();
            changed = verdict.failure();
        }
        for (CheckTarget target : targets) {
            guarded(() -> target.counted(outcome.result(), outcome.reason(), outcome.nanos()));
            if (changed) {
                pronounce(target);
            }
        }
        boolean urgent = !outcome.result().counts() || !verdict.isSettled() || asked;
        long pause = urgent ? schedule.urgent() : schedule.regular();
        nextStart = later(CheckSchedule.end(lastStart, pause), now);
    }

    /**
     * A connect of a client has failed, so that it is due a second after its last start, unless it has failed itself.
     *
     * @return whether it is due earlier than before
     */
    boolean askedFor(long now) {
        if (verdict.standing() == Standing.FAILED) {
            return false;
        }
        asked = true;
        long due = later(lastStart + CheckSchedule.URGENT_NANOS, now);
        if (underWay != null || due - nextStart >= 0) {
            return false;
        }
        nextStart = due;
        return true;
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }

    private void pronounce(CheckTarget target) {
        switch (verdict.standing()) {
            case UNCHECKED -> {
                // The first verdict is still to come.
            }
            case PASSED -> guarded(target::passed);
            case FAILED -> guarded(() -> target.failed(reason));
        }
    }

    private static void guarded(Runnable report) {
        try {
            report.run();
        } catch (RuntimeException | Error e) {
            LOG.error("A target of a health check failed because of a defect.", e);
        }
    }

    /** The timer for the time at which it is due. */
    Timer timer() {
        return timer;
    }

    /** Whether {@link #drop} has been called. */
    boolean isDropped() {
        return dropped;
    }

    /** It is not wanted: it ends, and is never run again. Its timer is disarmed. */
    void drop() {
        dropped = true;
        if (underWay != null) {
            underWay.cancel();
        }
    }
}
