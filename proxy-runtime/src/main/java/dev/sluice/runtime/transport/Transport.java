package dev.sluice.runtime.transport;

import java.net.InetAddress;
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

    /**
     * Whether connections to an address stay within this machine: those of its interfaces, secondary ones, and whole networks that are routed to
     * it. Asks the system, which takes a few calls; false also when it has no descriptor left.
     */
    boolean isLocal(InetAddress address);

    /** Whether its pollers ever open a {@link dev.sluice.runtime.memory.KernelPipe}. */
    boolean hasPipes();

    /** Takes a descriptor from the system without using it. */
    Spare openSpare() throws TransportException;
}
