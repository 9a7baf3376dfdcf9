package dev.sluice.runtime.relay;

import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.HandshakeSlots;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.TlsServer;
import org.jspecify.annotations.Nullable;

/** A TLS handshake of a {@link TlsSide} until it is done. On the connection's loop. */
final class PendingHandshake {
    private @Nullable Handshake handshake;
    private @Nullable HandshakeSlots slots;
    private @Nullable Runnable turn;
    private boolean hasSlot;
    private boolean working;
    private boolean toProceed;
    private boolean begun;
    private @Nullable String problem;
    /** Whether nobody waits for it; read by workers. */
    private volatile boolean abandoned;

    /** The engine's part, which is made when the first record is whole. */
    Handshake handshake(TlsServer server, LoopCiphers ciphers) {
        Handshake made = handshake;
        if (made == null) {
            made = server.newHandshake(ciphers);
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

    /** Whether it waits for a place. */
    boolean isQueued() {
        return turn != null;
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

    boolean isWorking() {
        return working;
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

    /** Forgets the engine's part, which has failed. */
    void forgetEngine() {
        if (handshake != null) {
            handshake.abandon();
        }
        handshake = null;
    }

    /** Notes that a byte of it has come. */
    void begun() {
        begun = true;
    }

    boolean hasBegun() {
        return begun;
    }

    /** Notes why it failed, in words. */
    void failed(String why) {
        problem = why;
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
