package dev.sluice.runtime.transport.epoll;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

import dev.sluice.runtime.transport.TransportException;

/** A listening socket of a service manager, which lives as long as the manager wants. */
public final class TestingPassedSocket implements AutoCloseable {
    private final int descriptor;
    private final PassedSocket socket;

    private TestingPassedSocket(int descriptor, PassedSocket socket) {
        this.descriptor = descriptor;
        this.socket = socket;
    }

    /** A socket on a free port of the loopback interface. */
    public static TestingPassedSocket onAnyPort(String name) throws TransportException {
        return on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), name);
    }

    public static TestingPassedSocket on(SocketAddress address, String name) throws TransportException {
        try (CallScratch scratch = new CallScratch()) {
            // As a manager has it: it blocks, and has the options of the system.
            int descriptor = Errno.check(Libc.socket(scratch, SocketAddresses.family(address),
                    Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC, 0));
            int length = SocketAddresses.put(address, scratch.address());
            Errno.check(Libc.bind(scratch, descriptor, scratch.addressAddress(), length));
            Errno.check(Libc.listen(scratch, descriptor, 8));
            return new TestingPassedSocket(descriptor, PassedSocket.of(descriptor, name));
        }
    }

    public int descriptor() {
        return descriptor;
    }

    public PassedSocket socket() {
        return socket;
    }

    public SocketAddress address() {
        return socket.address();
    }

    @Override
    public void close() {
        Libc.close(descriptor);
    }
}
