package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.transport.TransportException;

/**
 * The socket by which a process reports to its service manager, in datagrams to a Unix socket: sd_notify(3). Used by one
 * thread at a time, and by no event loop: a message waits up to {@link #SEND_SECONDS} for a manager that does not read.
 * To be used only where {@link EpollTransport#whyNot} returns null.
 */
public final class NotifySocket implements AutoCloseable {
    private static final int SEND_SECONDS = 1;
    private static final int MESSAGE_BYTES = 4096;

    private final CallScratch scratch;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment message = arena.allocate(MESSAGE_BYTES);
    private final int descriptor;
    private final String address;

    private NotifySocket(String address, int descriptor, CallScratch scratch) {
        this.address = address;
        this.descriptor = descriptor;
        this.scratch = scratch;
    }

    /**
     * Opens the socket, now: when a message is due, the process may have no descriptor left.
     *
     * @param address a path that begins with {@code /}, or {@code @} and an abstract name
     * @throws TransportException in the system's words; also for an address of another kind
     */
    public static NotifySocket open(String address) throws TransportException {
        if (!address.startsWith("/") && !address.startsWith("@")) {
            throw new TransportException(TransportException.Kind.UNSUPPORTED,
                    "it is no address of a Unix socket; allowed: a path that begins with /, or @ and an abstract name");
        }
        CallScratch scratch = new CallScratch();
        int descriptor = -1;
        try {
            SocketAddresses.putUnix(address, scratch.address());
            descriptor = Errno.check(Libc.socket(scratch, Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC, 0));
            // A struct timeval: with a whole number of seconds it is like a struct timespec.
            long limit = scratch.timespec(TimeUnit.SECONDS.toNanos(SEND_SECONDS));
            Errno.check(Libc.setsockopt(scratch, descriptor, Linux.SOL_SOCKET, Linux.SO_SNDTIMEO, limit,
                    2 * Long.BYTES));
            return new NotifySocket(address, descriptor, scratch);
        } catch (TransportException e) {
            if (descriptor >= 0) {
                Libc.close(descriptor);
            }
            scratch.close();
            throw e;
        }
    }

    /**
     * Sends one message.
     *
     * @param text assignments such as {@code READY=1}, with line feeds between them
     * @throws TransportException in the system's words; the next one may succeed
     */
    public void send(String text) throws TransportException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MESSAGE_BYTES) {
            throw new IllegalArgumentException("a message of " + bytes.length + " bytes; allowed: " + MESSAGE_BYTES);
        }
        // Each time: a manager that was started anew has another socket at the same address.
        int length = SocketAddresses.putUnix(address, scratch.address());
        Errno.check(Libc.connect(scratch, descriptor, scratch.addressAddress(), length));
        MemorySegment.copy(bytes, 0, message, ValueLayout.JAVA_BYTE, 0, bytes.length);
        long sent = Libc.send(scratch, descriptor, message.address(), bytes.length, Linux.MSG_NOSIGNAL);
        if (sent < 0) {
            throw Errno.of(sent);
        }
    }

    /** Closes the socket. Once, and not while a message is being sent. */
    @Override
    public void close() {
        Libc.close(descriptor);
        arena.close();
        scratch.close();
    }
}
