package dev.sluice.dist;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/**
 * A pipe that receives the number of each signal from a handler of machine code, on Linux. The JVM takes no part: it
 * would start a thread for each arrival, which fails where the limit on threads is used up, and does not install
 * handlers for what was ignored when the process was launched. Decision 0013 says what lost.
 *
 * <p>The handler does one system call, {@code write(2)} (signal-safety(7)), touches neither errno nor the stack below
 * the caller's, and is never unmapped: a signal may be on its way to it at any time.
 *
 * <p>One thread, which {@link #read} keeps waiting in the kernel. Nothing here is closed before the process ends.
 */
// Restricted are the downcalls, whose arguments are those of the manual pages, and memory that mmap(2) has returned.
@SuppressWarnings("restricted")
final class SignalPipe {
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_SETFL = 4;
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;
    private static final int EINTR = 4;
    private static final int SA_RESTART = 0x10000000;

    /**
     * {@code struct sigaction} of glibc and musl on both architectures: handler, mask of 1024 signals, flags, restorer.
     */
    private static final long SIGACTION_BYTES = 152;
    private static final long SIGACTION_HANDLER = 0;
    private static final long SIGACTION_FLAGS = 136;

    private static final int CODE_BYTES = 64;

    private final Calls calls;
    private final MemorySegment handler;
    private final int readEnd;
    private final MemorySegment received;

    private SignalPipe(Calls calls, MemorySegment handler, int readEnd) {
        this.calls = calls;
        this.handler = handler;
        this.readEnd = readEnd;
        this.received = Arena.global().allocate(JAVA_INT);
    }

    /**
     * Opens the pipe and writes the handler.
     *
     * @throws UnsupportedOperationException on other systems and architectures, and where the machine refuses; the
     *     message says what
     * @throws IllegalCallerException if this JVM may not call native functions
     */
    static SignalPipe open() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch");
        if (!system.equals("linux")) {
            throw new UnsupportedOperationException("no signal handler is written for " + system);
        }
        Calls calls = new Calls();
        MemorySegment ends = Arena.global().allocate(JAVA_INT, 2);
        calls.call("pipe2", ends.address(), O_CLOEXEC, 0, 0, 0, 0);
        int writeEnd = ends.getAtIndex(JAVA_INT, 1);
        // A handler must not wait: beyond 16,384 signals that nobody has read yet, one more says nothing new.
        calls.call("fcntl", writeEnd, F_SETFL, O_NONBLOCK, 0, 0, 0);
        MemorySegment code = MemorySegment.ofAddress(
                calls.call("mmap", 0, CODE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
                .reinterpret(CODE_BYTES);
        code.copyFrom(MemorySegment.ofArray(SignalHandlerCode.writingTo(writeEnd, architecture)));
        // Linux makes a page that becomes executable visible to the instruction cache.
        calls.call("mprotect", code.address(), CODE_BYTES, PROT_READ | PROT_EXEC, 0, 0, 0);
        return new SignalPipe(calls, code, ends.getAtIndex(JAVA_INT, 0));
    }

    /**
     * From now on the pipe receives the signal of this number, whatever happened to it before, even if it was ignored.
     */
    void handle(int signal) {
        MemorySegment action = Arena.global().allocate(SIGACTION_BYTES, Long.BYTES);
        action.set(JAVA_LONG, SIGACTION_HANDLER, handler.address());
        // A system call that was interrupted goes on, as it does after a handler of the JVM.
        action.set(JAVA_INT, SIGACTION_FLAGS, SA_RESTART);
        calls.call("sigaction", signal, action.address(), 0, 0, 0, 0);
    }

    /** Waits for a signal. @return its number */
    int read() {
        while (calls.result("read", readEnd, received.address(), Integer.BYTES, 0, 0, 0) != Integer.BYTES) {
            // By a profiler, for instance.
            if (calls.errno() != EINTR) {
                throw new IllegalStateException("the pipe of the signals cannot be read, errno " + calls.errno());
            }
        }
        return received.get(JAVA_INT, 0);
    }

    /**
     * Functions of the C library, all called alike with six integers of 64 bits, as the epoll transport does: so the
     * JVM writes the code for that once.
     */
    private static final class Calls {
        private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

        private final Linker linker = Linker.nativeLinker();
        private final MethodHandle call = linker.downcallHandle(
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                ERRNO);
        private final MemorySegment errno = Arena.global().allocate(Linker.Option.captureStateLayout());

        /**
         * Calls a function that has to succeed.
         *
         * @throws UnsupportedOperationException if it fails, or is not there
         */
        long call(String function, long a, long b, long c, long d, long e, long f) {
            long result = result(function, a, b, c, d, e, f);
            // The upper half of an int is undefined; and no address ends like this.
            if ((int) result == -1) {
                throw new UnsupportedOperationException(function + " failed, errno " + errno());
            }
            return result;
        }

        /** Of the last call, if that failed. */
        int errno() {
            return errno.get(JAVA_INT, 0);
        }

        /**
         * Calls a function. @return what it returns: -1 if it fails, whose upper half is undefined if it returns an
         * {@code int}
         */
        long result(String function, long a, long b, long c, long d, long e, long f) {
            MemorySegment symbol = linker.defaultLookup().find(function)
                    .orElseThrow(() -> new UnsupportedOperationException("the C library has no " + function));
            try {
                return (long) call.invokeExact(symbol, errno, a, b, c, d, e, f);
            } catch (Throwable thrown) {
                throw new AssertionError("a system call cannot throw this", thrown);
            }
        }
    }
}
