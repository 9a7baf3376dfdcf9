package dev.sluice.runtime.relay;

import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.TlsServer;
import org.jspecify.annotations.Nullable;

/** A TLS handshake of a {@link TlsSide} until it is done. On the connection's loop. */
final class PendingHandshake {
    private @Nullable Handshake handshake;
    private boolean working;
    private boolean toProceed;
    private boolean begun;
    private @Nullable String problem;

    /** The engine's part, which is made when the first record is whole. */
    Handshake handshake(TlsServer server, LoopCiphers ciphers) {
        Handshake made = handshake;
        if (made == null) {
            made = server.newHandshake(ciphers);
            handshake = made;
        }
        return made;
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
        if (handshake != null && !working) {
            handshake.abandon();
        }
    }
}
