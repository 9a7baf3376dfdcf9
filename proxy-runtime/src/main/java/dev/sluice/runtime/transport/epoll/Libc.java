package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * The functions of the C library that this transport needs. Pointers are {@code long}; a failure is the negated errno;
 * a call that a signal interrupted is repeated. Any thread.
 *
 * <p>All are called alike, with six integers of 64 bits, whatever they declare: the JVM generates code for every kind
 * of signature that it meets, which costs a start more than all other work of this package. Both calling conventions
 * pass the first six integers in registers, and let a function ignore those that it does not declare, and the upper
 * half of those that it declares as {@code int}. The upper half of an {@code int} that is returned is undefined and cut
 * off here (System V ABI for x86-64, section 3.2.3; AAPCS64, sections 6.8.2 and 6.9).
 *
 * <p>Loading this class fails with a {@link LinkageError} when one of the functions is missing.
 */
// Restricted are the downcalls, whose arguments are those of the manual pages, and the text of strerror(3), which ends with NUL.
@SuppressWarnings("restricted")
final class Libc {
    /** The layout of {@link CallScratch#errno}. */
    static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    private static final long ERRNO_OFFSET = ERRNO_LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final SymbolLookup SYMBOLS = Linker.nativeLinker().defaultLookup();
    /** {@code struct linger { 1, 0 }}: close with RST. */
    private static final MemorySegment ABORT = Arena.global().allocate(2L * Integer.BYTES, Integer.BYTES);
    private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);
    private static final int STRERROR_BYTES = 1024;

    private static final FunctionDescriptor SIX = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final int CACHE_LINE = 64;
    /** The downcall. Its first argument is the function, the second the memory for errno. */
    private static final MethodHandle CALL = Linker.nativeLinker()
            .downcallHandle(SIX, Linker.Option.captureCallState("errno"));
    /**
     * Memory for the errno of functions whose failures have no consequence; shared, never read, and in a cache line of
     * its own.
     */
    private static final MemorySegment IGNORED = Arena.global().allocate(CACHE_LINE, CACHE_LINE);

    private static final MemorySegment SOCKET = symbol("socket");
    private static final MemorySegment BIND = symbol("bind");
    private static final MemorySegment LISTEN = symbol("listen");
    private static final MemorySegment ACCEPT = symbol("accept4");
    private static final MemorySegment CONNECT = symbol("connect");
    private static final MemorySegment GETSOCKNAME = symbol("getsockname");
    private static final MemorySegment GETPEERNAME = symbol("getpeername");
    private static final MemorySegment GETSOCKOPT = symbol("getsockopt");
    private static final MemorySegment SETSOCKOPT = symbol("setsockopt");
    private static final MemorySegment RECV = symbol("recv");
    private static final MemorySegment SEND = symbol("send");
    private static final MemorySegment SPLICE = symbol("splice");
    private static final MemorySegment PIPE = symbol("pipe2");
    private static final MemorySegment FCNTL = symbol("fcntl");
    private static final MemorySegment IOCTL = symbol("ioctl");
    private static final MemorySegment EPOLL_CREATE = symbol("epoll_create1");
    private static final MemorySegment EPOLL_CTL = symbol("epoll_ctl");
    private static final MemorySegment EPOLL_WAIT = symbol("epoll_wait");
    /** The function epoll_pwait2; NULL where there is none. */
    private static final MemorySegment EPOLL_PWAIT2 = SYMBOLS.find("epoll_pwait2").orElse(MemorySegment.NULL);
    private static final MemorySegment EVENTFD = symbol("eventfd");
    private static final MemorySegment SHUTDOWN = symbol("shutdown");
    private static final MemorySegment CLOSE = symbol("close");
    private static final MemorySegment READ = symbol("read");
    private static final MemorySegment WRITE = symbol("write");
    private static final MemorySegment STRERROR = symbol("strerror");

    static {
        ABORT.set(JAVA_INT, 0, 1);
    }

    private Libc() {}

    private static MemorySegment symbol(String name) {
        return SYMBOLS.find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library of this machine has no " + name));
    }

    /** Calls a function that returns {@code ssize_t}. @return its result, or the negated errno */
    private static long size(MemorySegment function, CallScratch scratch, long a, long b, long c, long d, long e,
            long f) {
        try {
            long result = (long) CALL.invokeExact(function, scratch.errno(), a, b, c, d, e, f);
            return result >= 0 ? result : -scratch.errno().get(JAVA_INT, ERRNO_OFFSET);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** Calls a function that returns {@code int}. @return its result, or the negated errno */
    private static int number(MemorySegment function, CallScratch scratch, long a, long b, long c, long d, long e) {
        try {
            int result = (int) (long) CALL.invokeExact(function, scratch.errno(), a, b, c, d, e, 0L);
            return result >= 0 ? result : -scratch.errno().get(JAVA_INT, ERRNO_OFFSET);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** Calls {@link #number}, and again after a signal. */
    private static int again(MemorySegment function, CallScratch scratch, long a, long b, long c, long d, long e) {
        int result;
        do {
            result = number(function, scratch, a, b, c, d, e);
        } while (result == -Linux.EINTR);
        return result;
    }

    private static long callIgnoringErrno(MemorySegment function, long a, long b, long c, long d, long e) {
        try {
            return (long) CALL.invokeExact(function, IGNORED, a, b, c, d, e, 0L);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** The error for a throwable of a downcall, which its signature allows and which does not happen. */
    private static AssertionError impossible(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return new AssertionError("a system call cannot throw this", thrown);
    }

    /**
     * socket(2).
     *
     * @return a descriptor
     */
    static int socket(CallScratch scratch, int domain, int type, int protocol) {
        return again(SOCKET, scratch, domain, type, protocol, 0, 0);
    }

    /** bind(2). */
    static int bind(CallScratch scratch, int descriptor, long address, int length) {
        return again(BIND, scratch, descriptor, address, length, 0, 0);
    }

    /** listen(2). */
    static int listen(CallScratch scratch, int descriptor, int backlog) {
        return again(LISTEN, scratch, descriptor, backlog, 0, 0, 0);
    }

    /**
     * accept4(2).
     *
     * @return a descriptor
     */
    static int accept4(CallScratch scratch, int descriptor, long address, long length, int flags) {
        return again(ACCEPT, scratch, descriptor, address, length, flags, 0);
    }

    /** connect(2), not repeated: a connect that a signal interrupts goes on by itself. */
    static int connect(CallScratch scratch, int descriptor, long address, int length) {
        return number(CONNECT, scratch, descriptor, address, length, 0, 0);
    }

    /** getsockname(2). */
    static int getsockname(CallScratch scratch, int descriptor, long address, long length) {
        return again(GETSOCKNAME, scratch, descriptor, address, length, 0, 0);
    }

    /** getpeername(2). */
    static int getpeername(CallScratch scratch, int descriptor, long address, long length) {
        return again(GETPEERNAME, scratch, descriptor, address, length, 0, 0);
    }

    /** getsockopt(2). */
    static int getsockopt(CallScratch scratch, int descriptor, int level, int name, long value, long length) {
        return again(GETSOCKOPT, scratch, descriptor, level, name, value, length);
    }

    /** setsockopt(2). */
    static int setsockopt(CallScratch scratch, int descriptor, int level, int name, long value, int length) {
        return again(SETSOCKOPT, scratch, descriptor, level, name, value, length);
    }

    /**
     * recv(2).
     *
     * @return bytes; 0 = the peer has sent FIN, or nothing was asked for
     */
    static long recv(CallScratch scratch, int descriptor, long buffer, long length, int flags) {
        long result;
        do {
            result = size(RECV, scratch, descriptor, buffer, length, flags, 0, 0);
        } while (result == -Linux.EINTR);
        return result;
    }

    /**
     * send(2).
     *
     * @return bytes
     */
    static long send(CallScratch scratch, int descriptor, long buffer, long length, int flags) {
        long result;
        do {
            result = size(SEND, scratch, descriptor, buffer, length, flags, 0, 0);
        } while (result == -Linux.EINTR);
        return result;
    }

    /**
     * splice(2) without offsets. Never waits.
     *
     * @return bytes; 0 = the peer has sent FIN, or there is urgent data before its FIN
     */
    static long splice(CallScratch scratch, int from, int to, long length) {
        long result;
        do {
            result = size(SPLICE, scratch, from, 0, to, 0, length, Linux.SPLICE_F_MOVE | Linux.SPLICE_F_NONBLOCK);
        } while (result == -Linux.EINTR);
        return result;
    }

    /**
     * pipe2(2).
     *
     * @param descriptors address for the two descriptors
     */
    static int pipe2(CallScratch scratch, long descriptors, int flags) {
        return again(PIPE, scratch, descriptors, flags, 0, 0, 0);
    }

    /** ioctl(2), whose third argument is passed like any other on both processors. */
    static int ioctl(CallScratch scratch, int descriptor, long request, long argument) {
        return number(IOCTL, scratch, descriptor, request, argument, 0, 0);
    }

    /** fcntl(2), whose third argument is passed like any other on both processors. */
    static int fcntl(CallScratch scratch, int descriptor, int command, int argument) {
        return again(FCNTL, scratch, descriptor, command, argument, 0, 0);
    }

    /**
     * epoll_create1(2).
     *
     * @return a descriptor
     */
    static int epollCreate(CallScratch scratch, int flags) {
        return again(EPOLL_CREATE, scratch, flags, 0, 0, 0, 0);
    }

    /** epoll_ctl(2). */
    static int epollCtl(CallScratch scratch, int epoll, int operation, int descriptor, long event) {
        return again(EPOLL_CTL, scratch, epoll, operation, descriptor, event, 0);
    }

    /**
     * eventfd(2).
     *
     * @return a descriptor
     */
    static int eventfd(CallScratch scratch, int initial, int flags) {
        return again(EVENTFD, scratch, initial, flags, 0, 0, 0);
    }

    /**
     * epoll_wait(2), not repeated after a signal: the caller knows how much time is left.
     *
     * @return the number of events
     */
    static int epollWait(CallScratch scratch, int epoll, long events, int most, int millis) {
        return number(EPOLL_WAIT, scratch, epoll, events, most, millis, 0);
    }

    /**
     * epoll_pwait2(2) without a signal mask, not repeated after a signal.
     *
     * @param timeout a {@code struct timespec}; 0 = wait for ever
     */
    static int epollWaitNanos(CallScratch scratch, int epoll, long events, int most, long timeout) {
        return EPOLL_PWAIT2.address() == 0
                ? -Linux.ENOSYS
                : number(EPOLL_PWAIT2, scratch, epoll, events, most, timeout, 0);
    }

    /** Lets the next {@link #close} of a socket send RST. A connection that is broken already needs none. */
    static void abortOnClose(int descriptor) {
        callIgnoringErrno(SETSOCKOPT, descriptor, Linux.SOL_SOCKET, Linux.SO_LINGER, ABORT.address(), ABORT.byteSize());
    }

    /** shutdown(2). Errors are ignored: the next read meets a broken connection. */
    static void shutdown(int descriptor, int how) {
        callIgnoringErrno(SHUTDOWN, descriptor, how, 0, 0, 0);
    }

    /** close(2). On Linux the descriptor is free whatever it returns, EINTR included. */
    static void close(int descriptor) {
        callIgnoringErrno(CLOSE, descriptor, 0, 0, 0, 0);
    }

    /** Adds one to an eventfd; it does not block, and an eventfd that is full is ready already. */
    static void signal(int descriptor) {
        callIgnoringErrno(WRITE, descriptor, ONE.address(), ONE.byteSize(), 0, 0);
    }

    /**
     * Sets an eventfd back to zero.
     *
     * @param sink 8 bytes of memory to overwrite
     */
    static void unsignal(int descriptor, long sink) {
        callIgnoringErrno(READ, descriptor, sink, Long.BYTES, 0, 0);
    }

    /** The system's message for an errno. */
    static String strerror(int errno) {
        return MemorySegment.ofAddress(callIgnoringErrno(STRERROR, errno, 0, 0, 0, 0)).reinterpret(STRERROR_BYTES)
                .getString(0);
    }
}
