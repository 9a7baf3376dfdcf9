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
     * @param backlog connections that the system may complete ahead of {@code accept}
     * @param accepted options of the connections that it accepts
     * @throws TransportException in the system's words
     */
    ServerSocket listen(SocketAddress address, int backlog, SocketOptions accepted) throws TransportException;

    /** Whether its pollers ever open a {@link dev.sluice.runtime.memory.KernelPipe}. */
    boolean hasPipes();

    /** Takes a descriptor from the system without using it. */
    Spare openSpare() throws TransportException;
}
