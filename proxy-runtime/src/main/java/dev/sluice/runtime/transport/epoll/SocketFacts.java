package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;

import dev.sluice.runtime.transport.SocketQueues;
import dev.sluice.runtime.transport.TcpInfo;
import org.jspecify.annotations.Nullable;

/** The answers of the kernel to questions about a socket (getsockopt, ioctl, getsockname). On the thread of the scratch memory; stateless. */
final class SocketFacts {
    private SocketFacts() {}

    /** The error of a broken connection, which the system returns once. @return the negated errno; 0 = no error */
    static int takeError(CallScratch scratch, int descriptor) {
        int result = Libc.getsockopt(scratch, descriptor, Linux.SOL_SOCKET, Linux.SO_ERROR, scratch.value(0),
                scratch.length(Integer.BYTES));
        return result < 0 ? result : -scratch.value();
    }

    /** The local address; null = there is none. */
    static @Nullable SocketAddress localAddress(CallScratch scratch, int descriptor) {
        int result = Libc.getsockname(scratch, descriptor, scratch.addressAddress(),
                scratch.length(CallScratch.ADDRESS_BYTES));
        return result < 0 ? null : SocketAddresses.of(scratch.address(), scratch.length());
    }

    /** The state of the connection in the kernel; negative = this is no TCP socket. */
    static int tcpState(CallScratch scratch, int descriptor) {
        int result = readTcpInfo(scratch, descriptor);
        return result < 0 ? result : scratch.address().get(ValueLayout.JAVA_BYTE, 0);
    }

    /** What TCP knows of the way to the peer; null = this is no TCP socket. */
    static @Nullable TcpInfo tcpInfo(CallScratch scratch, int descriptor) {
        if (readTcpInfo(scratch, descriptor) < 0 || scratch.length() < Linux.TCP_INFO_BYTES) {
            // A Unix socket, for example.
            return null;
        }
        return new TcpInfo(scratch.address().get(ValueLayout.JAVA_INT, Linux.TCP_INFO_RTT),
                scratch.address().get(ValueLayout.JAVA_INT, Linux.TCP_INFO_TOTAL_RETRANS),
                scratch.address().get(ValueLayout.JAVA_INT, Linux.TCP_INFO_LAST_ACK_RECEIVED));
    }

    private static int readTcpInfo(CallScratch scratch, int descriptor) {
        return Libc.getsockopt(scratch, descriptor, Linux.IPPROTO_TCP, Linux.TCP_INFO, scratch.addressAddress(),
                scratch.length(Linux.TCP_INFO_BYTES));
    }

    /** The bytes in a queue of the socket, by the request that asks for it; 0 if the system does not say. */
    static int queued(CallScratch scratch, int descriptor, int request) {
        int result = Libc.ioctl(scratch, descriptor, request, scratch.value(0));
        return result < 0 ? 0 : scratch.value();
    }

    /** The bytes in both queues of the socket. */
    static SocketQueues queues(CallScratch scratch, int descriptor) {
        return new SocketQueues(queued(scratch, descriptor, Linux.SIOCOUTQ),
                queued(scratch, descriptor, Linux.FIONREAD));
    }
}
