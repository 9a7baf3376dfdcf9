package dev.sluice.runtime.transport;

import java.net.SocketAddress;

/** One way to reach the operating system's sockets. Thread-safe. */
public interface Transport {
    /** The name used in configuration and logs. */
    String name();

    /** A poller for one event loop. */
    Poller openPoller() throws TransportException;

    /**
     * Binds a listening socket, not registered anywhere yet.
     *
     * @param address an {@link java.net.InetSocketAddress} with an IP literal, or a {@link java.net.UnixDomainSocketAddress}
     * @throws TransportException in the system's words; {@link TransportException.Kind#UNSUPPORTED} for an option that this transport
     *     cannot set
     */
    ServerSocket listen(SocketAddress address, ListenOptions options) throws TransportException;

    /** Whether its pollers ever open a {@link dev.sluice.runtime.memory.KernelPipe}. */
    boolean hasPipes();

    /** Takes a descriptor from the system without using it. */
    Spare openSpare() throws TransportException;
}
