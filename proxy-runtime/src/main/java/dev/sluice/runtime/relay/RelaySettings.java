package dev.sluice.runtime.relay;

import dev.sluice.runtime.transport.SocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Timeouts and socket options of a listener's connections.
 *
 * @param idleNanos the most time without a byte in either direction
 * @param halfClosedNanos the most time without a byte after one side's FIN
 * @param writeStallNanos the most time in which a side takes none of the bytes that wait for it
 * @param lingerNanos the time for a side to take the last bytes and close, after the other is gone
 * @param tarpitNanos the time for which a client in the tarpit is kept
 * @param lifetimeNanos the most time from the accept on; 0 = no limit
 * @param lifetimeJitterNanos the most time by which the lifetime of a connection is shorter
 * @param readBuffer the most that one read brings
 * @param socket options of both sockets
 * @param header rules about the PROXY headers with which connections begin; null = none is read
 * @param tls rules about their TLS; null = it is not terminated
 */
public record RelaySettings(long idleNanos, long halfClosedNanos, long writeStallNanos, long lingerNanos,
        long tarpitNanos, long lifetimeNanos, long lifetimeJitterNanos, int readBuffer,
        SocketOptions socket, @Nullable HeaderRules header, @Nullable TlsRules tls) {}
