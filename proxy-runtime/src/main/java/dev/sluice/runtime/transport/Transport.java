package dev.sluice.runtime.transport;

import java.net.InetAddress;
import java.net.SocketAddress;

/** A way to the operating system's sockets. Thread-safe. */
public interface Transport {
    /** The name used in configuration and logs. */
    String name();

    /** A poller for one event loop. */
    Poller openPoller() throws TransportException;

    /**
     * Binds a listening socket, not yet registered.
     *
     * @param address an {@link java.net.InetSocketAddress} with an IP literal, or a {@link java.net.UnixDomainSocketAddress}
     * @throws TransportException in the system's words; {@link TransportException.Kind#UNSUPPORTED} for an option that this transport
     *     cannot set
     */
    ServerSocket listen(SocketAddress address, ListenOptions options) throws TransportException;

    /**
     * Whether connections to an address stay within this machine: addresses of its interfaces, and networks routed to
     * it as local. Asks the system, which takes a few calls; false also when no descriptor is left.
     */
    boolean isLocal(InetAddress address);

    /** Whether its pollers ever open a {@link dev.sluice.runtime.memory.KernelPipe}. */
    boolean hasPipes();

    /** Whether {@link ServerSocket#configure} can change the backlog. */
    boolean canChangeBacklog();

    /** Opens a descriptor that serves nothing, to be held in reserve. */
    Spare openSpare() throws TransportException;
}
