package dev.sluice.runtime.relay;

import dev.sluice.runtime.transport.SocketOptions;

/**
 * What a listener's relays go by.
 *
 * @param idleNanos without a byte in either direction
 * @param halfClosedNanos without a byte after one side's FIN
 * @param writeStallNanos in which a side took no byte of what was waiting for it
 * @param lingerNanos for a side to take the last bytes and close, after the other is gone
 * @param tarpitNanos for which a client is left without an answer, when a filter says so
 * @param readBuffer the most that one read brings
 * @param socket of both sockets
 */
public record RelaySettings(long idleNanos, long halfClosedNanos, long writeStallNanos, long lingerNanos,
        long tarpitNanos,
        int readBuffer, SocketOptions socket) {}
