package dev.sluice.runtime.engine;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.runtime.observe.ServerState;

/** The current state of a server. Moves only as {@link ServerState} allows, by one compare-and-set. Any thread. */
final class CurrentState {
    private final AtomicReference<ServerState> state = new AtomicReference<>(ServerState.STARTING);

    ServerState get() {
        return Objects.requireNonNull(state.get());
    }

    /** Moves on to the next state. @return whether this call did; true for one of several calls */
    boolean advance(ServerState next) {
        for (ServerState now = get(); now.mayBecome(next); now = get()) {
            if (state.compareAndSet(now, next)) {
                return true;
            }
        }
        return false;
    }
}
