package dev.sluice.runtime.transport.epoll;

import java.net.SocketAddress;

import dev.sluice.runtime.transport.ListenOptions;
import dev.sluice.runtime.transport.ServerSocket;
import dev.sluice.runtime.transport.TransportException;

/**
 * A listening socket that the process was started with. It belongs to the one that passed it, which may pass it to the next
 * process too: nothing here closes it or removes its path, and what waits in its backlog stays there while nobody accepts.
 * Any thread.
 */
public final class PassedSocket {
    private final int descriptor;
    private final String name;
    private final SocketAddress address;
    private volatile boolean used;

    private PassedSocket(int descriptor, String name, SocketAddress address) {
        this.descriptor = descriptor;
        this.name = name;
        this.address = address;
    }

    /**
     * Looks at a descriptor.
     *
     * @param name by which it was passed
     * @throws TransportException if there is no such descriptor, or if it is no stream socket that listens
     */
    public static PassedSocket of(int descriptor, String name) throws TransportException {
        try (CallScratch scratch = new CallScratch()) {
            if (option(descriptor, Linux.SO_TYPE, scratch) != Linux.SOCK_STREAM
                    || option(descriptor, Linux.SO_ACCEPTCONN, scratch) == 0) {
                throw new TransportException(TransportException.Kind.OTHER, "it is no stream socket that listens");
            }
            Errno.check(Libc.getsockname(scratch, descriptor, scratch.addressAddress(),
                    scratch.length(CallScratch.ADDRESS_BYTES)));
            return new PassedSocket(descriptor, name, SocketAddresses.of(scratch.address(), scratch.length()));
        }
    }

    private static int option(int descriptor, int option, CallScratch scratch) throws TransportException {
        Errno.check(Libc.getsockopt(scratch, descriptor, Linux.SOL_SOCKET, option, scratch.value(0),
                scratch.length(Integer.BYTES)));
        return scratch.value();
    }

    /** The name by which it was passed. */
    public String name() {
        return name;
    }

    /** The address that it listens on. */
    public SocketAddress address() {
        return address;
    }

    /** Whether it was ever taken. */
    public boolean used() {
        return used;
    }

    /**
     * Takes it for a listener, whose options it gets: a descriptor of its own for the same socket, so that closing it only
     * ends the accepting.
     */
    ServerSocket take(ListenOptions options) throws TransportException {
        CallScratch scratch = new CallScratch();
        int copy = -1;
        try {
            copy = Errno.check(Libc.fcntl(scratch, descriptor, Linux.F_DUPFD_CLOEXEC, 0));
            // As the socket's, not the descriptor's: what was passed may block.
            Errno.check(Libc.fcntl(scratch, copy, Linux.F_SETFL, Linux.O_NONBLOCK));
            ServerSocket socket = new EpollServerSocket(copy, address, scratch);
            socket.configure(options);
            used = true;
            return socket;
        } catch (TransportException e) {
            if (copy >= 0) {
                Libc.close(copy);
            }
            scratch.close();
            throw e;
        }
    }
}
