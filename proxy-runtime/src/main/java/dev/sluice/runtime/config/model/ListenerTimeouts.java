package dev.sluice.runtime.config.model;

import java.time.Duration;

/**
 * How long a proxied connection may stay in a state. None is zero, and none can be switched off.
 *
 * @param idle no byte moved in either direction
 * @param halfClosed one side has sent FIN, and no byte moved
 * @param writeStall bytes are waiting for a side that takes none
 * @param linger a refused client gets this long to take the last bytes before its connection is reset
 * @param silentDrop a client that a filter leaves without an answer stays connected this long
 */
public record ListenerTimeouts(Duration idle, Duration halfClosed, Duration writeStall, Duration linger,
        Duration silentDrop) {}
