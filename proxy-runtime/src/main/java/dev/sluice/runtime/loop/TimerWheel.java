package dev.sluice.runtime.loop;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A hierarchical timing wheel (Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987): arming and disarming take
 * constant time and allocate nothing, whatever the number of timers.
 *
 * <p>Four levels of 64 slots over ticks of 4 ms reach 18 hours; a deadline further away is put into the last slot and
 * sorted in again from there. A timer never fires early, and at most one tick late while the loop turns. Owned by one
 * thread.
 */
public final class TimerWheel {
    private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);
    static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final int BITS = 6;
    private static final int SLOTS = 1 << BITS;
    private static final int LEVELS = 4;
    private static final long REACH = 1L << (BITS * LEVELS);

    private final @Nullable Timer[] heads = new Timer[LEVELS * SLOTS];
    /** For each level, a bit for each slot that is not empty. */
    private final long[] occupied = new long[LEVELS];
    private final long epoch;
    /** The current tick: all timers up to it have fired. */
    private long tick;
    private int size;

    /** @param now in nanoseconds of the monotonic clock */
    public TimerWheel(long now) {
        this.epoch = now;
    }

    /** The number of armed timers. */
    public int size() {
        return size;
    }

    /** Arms a timer, or moves it if it is armed. A deadline that has passed fires in the next turn. */
    public void arm(Timer timer, long deadlineNanos) {
        disarm(timer);
        long nanos = deadlineNanos - epoch;
        timer.dueTick = Math.max(tick + 1, (nanos + TICK_NANOS - 1) / TICK_NANOS);
        insert(timer);
        size++;
    }

    /** Forgets a timer; nothing happens if it is not armed. */
    public void disarm(Timer timer) {
        if (timer.slot != Timer.NOT_ARMED) {
            unlink(timer);
            size--;
        }
    }

    /** The time at which an armed timer fires, in nanoseconds of the monotonic clock. */
    public long deadline(Timer timer) {
        return epoch + timer.dueTick * TICK_NANOS;
    }

    private static int index(long tick, int level) {
        return (int) (tick >>> (BITS * level)) & (SLOTS - 1);
    }

    private void insert(Timer timer) {
        long due = Math.min(timer.dueTick, tick + REACH - 1);
        // The level is where due and the current tick first differ, seen from the top.
        int level = Math.min(LEVELS - 1, (63 - Long.numberOfLeadingZeros((due ^ tick) | 1)) / BITS);
        int slot = level * SLOTS + index(due, level);
        Timer head = heads[slot];
        timer.slot = slot;
        timer.previous = null;
        timer.next = head;
        if (head != null) {
            head.previous = timer;
        }
        heads[slot] = timer;
        occupied[level] |= 1L << slot;
    }

    private void unlink(Timer timer) {
        int slot = timer.slot;
        if (timer.previous == null) {
            heads[slot] = timer.next;
            if (timer.next == null) {
                occupied[slot / SLOTS] &= ~(1L << slot);
            }
        } else {
            timer.previous.next = timer.next;
        }
        if (timer.next != null) {
            timer.next.previous = timer.previous;
        }
        timer.previous = null;
        timer.next = null;
        timer.slot = Timer.NOT_ARMED;
    }

    /** The time that a loop may sleep, in nanoseconds; negative when no timer is armed. */
    public long nanosToNext(long now) {
        if (size == 0) {
            return -1;
        }
        return Math.max(0, epoch + nextTick() * TICK_NANOS - now);
    }

    /** The next tick in which a slot has to be looked at: a timer is due, or a slot of a higher level has to be spread. */
    private long nextTick() {
        long soonest = Long.MAX_VALUE;
        for (int level = 0; level < LEVELS; level++) {
            int shift = BITS * level;
            int current = index(tick, level);
            // Seen from the current slot, the others come in the order of a rotation; the current one itself is a whole turn away.
            long ahead = Long.rotateRight(occupied[level], current + 1);
            if (ahead != 0) {
                long slots = Long.numberOfTrailingZeros(ahead) + 1L;
                soonest = Math.min(soonest, ((tick >>> shift) + slots) << shift);
            }
        }
        return soonest;
    }

    /** Fires the timers due at {@code now}. @return whether there was any */
    public boolean advance(long now) {
        long target = (now - epoch) / TICK_NANOS;
        boolean fired = false;
        while (size > 0 && tick < target) {
            long next = nextTick();
            if (next > target) {
                break;
            }
            tick = next;
            for (int level = LEVELS - 1; level > 0; level--) {
                if ((tick & ((1L << (BITS * level)) - 1)) == 0) {
                    spread(level * SLOTS + index(tick, level));
                }
            }
            fired |= fire(index(tick, 0), now);
        }
        tick = Math.max(tick, target);
        return fired;
    }

    private void spread(int slot) {
        for (Timer timer = heads[slot]; timer != null; timer = heads[slot]) {
            unlink(timer);
            insert(timer);
        }
    }

    private static void expiryFailed(Timer timer, Throwable failure) {
        try {
            timer.onExpiryFailed(failure);
        } catch (Throwable again) {
            LOG.error("A timer failed, and releasing its connection or task failed too. Please report this.", again);
        }
    }

    private boolean fire(int slot, long now) {
        boolean fired = false;
        for (Timer timer = heads[slot]; timer != null; timer = heads[slot]) {
            unlink(timer);
            if (timer.dueTick > tick) {
                insert(timer);
                continue;
            }
            size--;
            fired = true;
            try {
                timer.onExpiry(now);
            } catch (Throwable failure) {
                expiryFailed(timer, failure);
            }
        }
        return fired;
    }
}
