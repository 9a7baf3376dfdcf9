package dev.sluice.runtime.chain;

import dev.sluice.api.Direction;
import dev.sluice.runtime.loop.EventLoop;

/** What a chain needs from the connection that it works for. On its event loop; {@link #loop} may be asked from any thread. */
public interface ChainHost {
    /** The loop that it belongs to. */
    EventLoop loop();

    /** Whether an endpoint has been chosen already. */
    boolean routed();

    /** Whether the configuration has a cluster of this name. */
    boolean hasCluster(String name);

    /** The answer that the connect phase waited for has come: ask {@link ConnectionChain#connect} again. */
    void onDecided();

    /** The answer that a direction waited for has come: {@linkplain DirectionChain#resume resume} it. */
    void onDecided(Direction direction);
}
