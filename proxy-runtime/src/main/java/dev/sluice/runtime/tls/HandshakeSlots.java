package dev.sluice.runtime.tls;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The places for handshakes of one listener on one event loop: each takes some 24 KB until it is done, and processor time. Further clients
 * wait in their order, unread. On the loop.
 */
public final class HandshakeSlots {
    private final Set<Runnable> waiting = new LinkedHashSet<>();
    private int taken;

    /** Places of which none is taken. */
    public HandshakeSlots() {}

    /**
     * Takes a place.
     *
     * @param most places there are
     * @param turn called once a place is free, and taken for this caller; not if the answer is true
     * @return whether a place was taken
     */
    public boolean take(int most, Runnable turn) {
        if (taken < most) {
            taken++;
            return true;
        }
        waiting.add(turn);
        return false;
    }

    /** Gives a place back, which the one that has waited longest takes. */
    public void giveBack() {
        Iterator<Runnable> next = waiting.iterator();
        if (next.hasNext()) {
            Runnable turn = next.next();
            next.remove();
            turn.run();
        } else {
            taken--;
        }
    }

    /** Leaves the queue. */
    public void leave(Runnable turn) {
        waiting.remove(turn);
    }

    /** Places that are taken. */
    int taken() {
        return taken;
    }

    /** Callers that wait. */
    int waiting() {
        return waiting.size();
    }
}
