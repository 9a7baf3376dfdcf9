package dev.sluice.runtime.chain;

import java.util.Arrays;

import dev.sluice.api.ConnectDecision;

/**
 * Times at which the filters of a connection are woken. Only connections whose filters have asked for one have this. On
 * the connection's loop.
 */
final class Wakes {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long[] NONE = {};

    /** The times, by the filter's position. */
    private final long[] times;

    Wakes(int filters) {
        times = new long[filters];
        Arrays.fill(times, NEVER);
    }

    void set(int position, long time) {
        times[position] = time;
    }

    /** The first of the times; {@link Long#MAX_VALUE} = none. */
    static long next(ConnectionChain chain) {
        Wakes wakes = chain.wakes();
        long next = NEVER;
        for (long time : wakes == null ? NONE : wakes.times) {
            next = Math.min(next, time);
        }
        return next;
    }

    /** Wakes the filters whose time has come. */
    static void run(ConnectionChain chain, long now) {
        Wakes wakes = chain.wakes();
        long[] times = wakes == null ? NONE : wakes.times;
        for (int i = 0; i < times.length; i++) {
            if (times[i] <= now) {
                times[i] = NEVER;
                wake(chain, i);
            }
        }
    }

    /** Wakes a filter, unless the connection has ended, or is about to. */
    static void wake(ConnectionChain chain, int position) {
        if (position >= chain.made() || chain.bypassed(position) || chain.verdict() != null) {
            return;
        }
        FilterSlot slot = chain.slot(position);
        chain.enter(slot);
        ConnectDecision decision;
        try {
            decision = chain.filter(position).onWake(chain);
            if (decision != ConnectDecision.ACCEPT && decision != ConnectDecision.REJECT) {
                throw new FilterContractException("onWake returned " + decision + "; it can accept or reject");
            }
        } catch (Throwable failure) {
            chain.fail(slot, Callback.ON_WAKE, failure);
            chain.onWoken();
            return;
        } finally {
            chain.leave();
        }
        if (!chain.unusedSuspension(slot, Callback.ON_WAKE, decision) && decision == ConnectDecision.REJECT) {
            chain.decided(slot, decision);
        }
        chain.onWoken();
    }
}
