package dev.sluice.runtime.tls.boring;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

import dev.sluice.runtime.tls.TicketKey;
import dev.sluice.runtime.tls.TicketRules;

/**
 * Keys that the process makes for the tickets of a listener: another one after a while, and each for as long as tickets by it count. There is no
 * timer: a handshake finds out that one is due, so that an idle process stays idle. Any thread.
 */
final class TicketRing {
    /**
     * The keys at a time.
     *
     * @param number of the ring; others have other numbers
     * @param keys the newest first
     * @param made the times at which they were made, in their order
     */
    record Keys(int number, List<TicketKey> keys, List<Long> made) {
        Keys {
            keys = List.copyOf(keys);
            made = List.copyOf(made);
        }

        private boolean isDue(long now, TicketRules rules) {
            // The one before it was the last to make tickets until that time.
            boolean oldest = made.size() > 1
                    && now - made.get(made.size() - 2) > rules.lifetime().toNanos();
            return oldest || now - made.getFirst() >= rules.rotation().toNanos();
        }

        private Keys next(long now, TicketRules rules) {
            List<TicketKey> others = new ArrayList<>(keys);
            List<Long> times = new ArrayList<>(made);
            if (now - made.getFirst() >= rules.rotation().toNanos()) {
                others.addFirst(TicketKey.random());
                times.addFirst(now);
            }
            while (times.size() > 1 && now - times.get(times.size() - 2) > rules.lifetime().toNanos()) {
                others.removeLast();
                times.removeLast();
            }
            return new Keys(number + 1, others, times);
        }
    }

    private final LongSupplier clock;
    private volatile Keys keys;

    /** @param clock in nanoseconds */
    TicketRing(LongSupplier clock) {
        this.clock = clock;
        this.keys = new Keys(0, List.of(TicketKey.random()), List.of(clock.getAsLong()));
    }

    /** The keys now. */
    Keys keys(TicketRules rules) {
        long now = clock.getAsLong();
        return keys.isDue(now, rules) ? renew(now, rules) : keys;
    }

    private synchronized Keys renew(long now, TicketRules rules) {
        if (keys.isDue(now, rules)) {
            keys = keys.next(now, rules);
        }
        return keys;
    }
}
