package dev.sluice.runtime.relay;

import java.util.function.Supplier;

import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.HandshakeSlots;
import org.jspecify.annotations.Nullable;

/** A TLS handshake of a {@link TlsSide} until it is done. On the connection's loop. */
final class PendingHandshake {
    private @Nullable Handshake handshake;
    private @Nullable HandshakeSlots slots;
    private @Nullable Runnable turn;
    private boolean hasSlot;
    private boolean working;
    private boolean awaitingTime;
    private boolean toProceed;
    private boolean begun;
    /** The time of the first byte. */
    private long begunAt;
    /** Whether the two sides have not agreed yet to speak TLS. */
    private boolean greeting;
    /** Whether the hello is still to show whether the client is terminated. */
    private boolean undecided;
    private @Nullable String problem;
    private @Nullable String askedName;
    /** Whether nobody waits for it; read by workers. */
    private volatile boolean abandoned;

    /** The engine's part, which is made when it is first needed. */
    Handshake handshake(Supplier<Handshake> maker) {
        Handshake made = handshake;
        if (made == null) {
            made = maker.get();
            handshake = made;
        }
        return made;
    }

    /** Whether an engine was made. */
    boolean isStarted() {
        return handshake != null;
    }

    /**
     * Takes a place among the handshakes that are under way.
     *
     * @param most places there are
     * @param whenFree called when one is free, if this has to wait
     * @return whether it has one
     */
    boolean takeSlot(HandshakeSlots among, int most, Runnable whenFree) {
        if (hasSlot || turn != null) {
            return hasSlot;
        }
        slots = among;
        Runnable granted = () -> {
            turn = null;
            hasSlot = true;
            whenFree.run();
        };
        hasSlot = among.take(most, granted);
        turn = hasSlot ? null : granted;
        return hasSlot;
    }

    /** Gives the place back, or leaves the queue for one. */
    void leaveSlot() {
        HandshakeSlots among = slots;
        if (among != null && hasSlot) {
            hasSlot = false;
            among.giveBack();
        } else if (among != null && turn != null) {
            among.leave(turn);
            turn = null;
        }
    }

    /** Notes whether a worker has the engine: then nothing is read. */
    void working(boolean now) {
        working = now;
    }

    /** Notes whether it waits for time of the loop. */
    void awaitingTime(boolean now) {
        awaitingTime = now;
    }

    /** Whether the proxy itself is not ready for the next record. */
    boolean isHeldBack() {
        return working || turn != null || awaitingTime;
    }

    /**
     * Whether its side is not to be read meanwhile. One that has begun and waits for time is: what arrived before a reset, its last
     * record perhaps, comes first.
     */
    boolean isUnread() {
        return working || turn != null || (awaitingTime && handshake == null);
    }

    /** Notes whether it goes on without another record of the client. */
    void toProceed(boolean now) {
        toProceed = now;
    }

    boolean isToProceed() {
        return toProceed;
    }

    /** Whether nobody waits for it. Any thread. */
    boolean isAbandoned() {
        return abandoned;
    }

    /** Releases the engine's part, which has failed. */
    void forgetEngine() {
        if (handshake != null) {
            handshake.abandon();
            handshake = null;
        }
    }

    /** Notes whether a conversation in plaintext comes first. */
    void greeting(boolean first) {
        greeting = first;
    }

    /** Whether a conversation in plaintext comes first. */
    boolean isGreeting() {
        return greeting;
    }

    /** Notes whether the hello is still to show whether the client is terminated. */
    void undecided(boolean still) {
        undecided = still;
    }

    boolean isUndecided() {
        return undecided;
    }

    /** Notes that a byte of it has come. */
    void begun(long now) {
        begunAt = begun ? begunAt : now;
        begun = true;
    }

    /** The time of the first byte of it. */
    long begunAt() {
        return begunAt;
    }

    boolean hasBegun() {
        return begun;
    }

    /** Notes why it failed, in words. */
    void failed(String why) {
        problem = why;
        if (handshake != null && !working) {
            askedName = handshake.askedName();
        }
    }

    /** The server name in a hello, if it failed after that. */
    @Nullable
    String askedName() {
        return askedName;
    }

    /** The reason for which it failed, in words; null = it did not. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Gives it up; a worker that has the engine does that afterwards. */
    void abandon() {
        abandoned = true;
        if (!working) {
            // A worker's time is what the places are for.
            leaveSlot();
            if (handshake != null) {
                handshake.abandon();
            }
        }
    }
}
