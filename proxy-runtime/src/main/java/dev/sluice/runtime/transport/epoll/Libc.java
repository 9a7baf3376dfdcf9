package dev.sluice.runtime.transport.epoll;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * The functions of the C library that this transport needs. Pointers are {@code long}; a failure is the negated errno; what a signal has
 * interrupted is called again. Any thread.
 *
 * <p>Loading this class fails with a {@link LinkageError} when one of them is missing.
 */
// Restricted are the downcalls, whose signatures are those of the manual pages, and the text of strerror(3), which ends with NUL.
@SuppressWarnings("restricted")
final class Libc {
    /** What {@link Scratch#errno} has room for. */
    static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    private static final long ERRNO_OFFSET = ERRNO_LAYOUT.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    /** {@code struct linger { 1, 0 }}: close with RST. */
    private static final MemorySegment ABORT = Arena.global().allocate(2L * Integer.BYTES, Integer.BYTES);
    private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);
    private static final int STRERROR_BYTES = 1024;

    private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = handle("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle LISTEN = handle("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT = handle("accept4", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CONNECT = handle("connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = handle("getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GETPEERNAME = handle("getpeername", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GETSOCKOPT = handle("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SETSOCKOPT = handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECV = handle("recv", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND = handle("send", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle EPOLL_CREATE = handle("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CTL = handle("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_LONG);
    private static final MethodHandle EPOLL_WAIT = handle("epoll_wait", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT,
            JAVA_INT);
    private static final @Nullable MethodHandle EPOLL_PWAIT2 = optional("epoll_pwait2", JAVA_INT, JAVA_INT, JAVA_LONG,
            JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle EVENTFD = handle("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);

    private static final MethodHandle ABORT_ON_CLOSE = plain("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
            JAVA_LONG, JAVA_INT);
    private static final MethodHandle SHUTDOWN = plain("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = plain("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = plain("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE = plain("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle STRERROR = plain("strerror", JAVA_LONG, JAVA_INT);

    static {
        ABORT.set(JAVA_INT, 0, 1);
    }

    private Libc() {}

    /** A function whose failures matter: it takes first where to leave errno. */
    private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(symbol(name), function(result, arguments), CAPTURE);
    }

    private static @Nullable MethodHandle optional(String name, MemoryLayout result, MemoryLayout... arguments) {
        Optional<MemorySegment> symbol = SYMBOLS.find(name);
        return symbol.isEmpty() ? null : LINKER.downcallHandle(symbol.get(), function(result, arguments), CAPTURE);
    }

    /** A function whose failures nobody could do anything about. */
    private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(symbol(name), function(result, arguments));
    }

    private static FunctionDescriptor function(MemoryLayout result, MemoryLayout... arguments) {
        return FunctionDescriptor.of(result, arguments);
    }

    private static MemorySegment symbol(String name) {
        return SYMBOLS.find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("the C library of this machine has no " + name));
    }

    /** @return the negated errno, once it is clear that the call has failed */
    private static int failure(Scratch scratch) {
        return -scratch.errno().get(JAVA_INT, ERRNO_OFFSET);
    }

    /** A downcall itself throws nothing; only its signature says so. */
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
    static int socket(Scratch scratch, int domain, int type, int protocol) {
        try {
            while (true) {
                int result = (int) SOCKET.invokeExact(scratch.errno(), domain, type, protocol);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** bind(2). */
    static int bind(Scratch scratch, int descriptor, long address, int length) {
        try {
            while (true) {
                int result = (int) BIND.invokeExact(scratch.errno(), descriptor, address, length);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** listen(2). */
    static int listen(Scratch scratch, int descriptor, int backlog) {
        try {
            while (true) {
                int result = (int) LISTEN.invokeExact(scratch.errno(), descriptor, backlog);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /**
     * accept4(2).
     *
     * @return a descriptor
     */
    static int accept4(Scratch scratch, int descriptor, long address, long length, int flags) {
        try {
            while (true) {
                int result = (int) ACCEPT.invokeExact(scratch.errno(), descriptor, address, length, flags);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** connect(2), not called again: one that a signal interrupts goes on by itself. */
    static int connect(Scratch scratch, int descriptor, long address, int length) {
        try {
            int result = (int) CONNECT.invokeExact(scratch.errno(), descriptor, address, length);
            return result >= 0 ? result : failure(scratch);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** getsockname(2). */
    static int getsockname(Scratch scratch, int descriptor, long address, long length) {
        try {
            while (true) {
                int result = (int) GETSOCKNAME.invokeExact(scratch.errno(), descriptor, address, length);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** getpeername(2). */
    static int getpeername(Scratch scratch, int descriptor, long address, long length) {
        try {
            while (true) {
                int result = (int) GETPEERNAME.invokeExact(scratch.errno(), descriptor, address, length);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** getsockopt(2). */
    static int getsockopt(Scratch scratch, int descriptor, int level, int name, long value, long length) {
        try {
            while (true) {
                int result = (int) GETSOCKOPT.invokeExact(scratch.errno(), descriptor, level, name, value, length);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** setsockopt(2). */
    static int setsockopt(Scratch scratch, int descriptor, int level, int name, long value, int length) {
        try {
            while (true) {
                int result = (int) SETSOCKOPT.invokeExact(scratch.errno(), descriptor, level, name, value, length);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /**
     * recv(2).
     *
     * @return bytes; 0 = the peer has sent FIN, or nothing was asked for
     */
    static long recv(Scratch scratch, int descriptor, long buffer, long length, int flags) {
        try {
            while (true) {
                long result = (long) RECV.invokeExact(scratch.errno(), descriptor, buffer, length, flags);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /**
     * send(2).
     *
     * @return bytes
     */
    static long send(Scratch scratch, int descriptor, long buffer, long length, int flags) {
        try {
            while (true) {
                long result = (long) SEND.invokeExact(scratch.errno(), descriptor, buffer, length, flags);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /**
     * epoll_create1(2).
     *
     * @return a descriptor
     */
    static int epollCreate(Scratch scratch, int flags) {
        try {
            while (true) {
                int result = (int) EPOLL_CREATE.invokeExact(scratch.errno(), flags);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** epoll_ctl(2). */
    static int epollCtl(Scratch scratch, int epoll, int operation, int descriptor, long event) {
        try {
            while (true) {
                int result = (int) EPOLL_CTL.invokeExact(scratch.errno(), epoll, operation, descriptor, event);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /**
     * eventfd(2).
     *
     * @return a descriptor
     */
    static int eventfd(Scratch scratch, int initial, int flags) {
        try {
            while (true) {
                int result = (int) EVENTFD.invokeExact(scratch.errno(), initial, flags);
                if (result >= 0) {
                    return result;
                }
                int failure = failure(scratch);
                if (failure != -Linux.EINTR) {
                    return failure;
                }
            }
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /**
     * epoll_wait(2), not called again: the time that is left is the caller's to know.
     *
     * @return how many are ready
     */
    static int epollWait(Scratch scratch, int epoll, long events, int most, int millis) {
        try {
            int result = (int) EPOLL_WAIT.invokeExact(scratch.errno(), epoll, events, most, millis);
            return result >= 0 ? result : failure(scratch);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /**
     * epoll_pwait2(2) without a signal mask, not called again.
     *
     * @param timeout a {@code struct timespec}; 0 = wait for ever
     */
    static int epollWaitNanos(Scratch scratch, int epoll, long events, int most, long timeout) {
        MethodHandle wait = EPOLL_PWAIT2;
        if (wait == null) {
            return -Linux.ENOSYS;
        }
        try {
            int result = (int) wait.invokeExact(scratch.errno(), epoll, events, most, timeout, 0L);
            return result >= 0 ? result : failure(scratch);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** Lets the next {@link #close} of a socket send RST. A connection that is broken already needs none. */
    static void abortOnClose(int descriptor) {
        try {
            int ignored = (int) ABORT_ON_CLOSE.invokeExact(descriptor, Linux.SOL_SOCKET, Linux.SO_LINGER,
                    ABORT.address(),
                    (int) ABORT.byteSize());
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** shutdown(2). A connection that is broken is met by the next read. */
    static void shutdown(int descriptor, int how) {
        try {
            int ignored = (int) SHUTDOWN.invokeExact(descriptor, how);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** close(2). On Linux the descriptor is free whatever it answers, EINTR included. */
    static void close(int descriptor) {
        try {
            int ignored = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** Adds one to an eventfd; it does not block, and one that is full is ready already. */
    static void signal(int descriptor) {
        try {
            long ignored = (long) WRITE.invokeExact(descriptor, ONE.address(), ONE.byteSize());
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /**
     * Sets an eventfd back to zero.
     *
     * @param sink 8 bytes that nobody needs
     */
    static void unsignal(int descriptor, long sink) {
        try {
            long ignored = (long) READ.invokeExact(descriptor, sink, (long) Long.BYTES);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }

    /** The system's words for an errno. */
    static String strerror(int errno) {
        try {
            MemorySegment text = MemorySegment.ofAddress((long) STRERROR.invokeExact(errno));
            return text.reinterpret(STRERROR_BYTES).getString(0);
        } catch (Throwable thrown) {
            throw impossible(thrown);
        }
    }
}
