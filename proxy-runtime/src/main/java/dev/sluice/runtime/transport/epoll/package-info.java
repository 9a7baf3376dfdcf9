/**
 * The transport of Linux on x86-64 and aarch64: epoll and sockets of the C library, called through {@code java.lang.foreign}. Nothing is
 * compiled or loaded but what the JVM has loaded already.
 *
 * <p>What it can do that {@code transport.nio} cannot: hear a reset on a socket that is interested in nothing, set TCP_USER_TIMEOUT, wait
 * for less than a millisecond, and do with one small object for each socket.
 *
 * <p><b>Thread.</b> As {@link dev.sluice.runtime.transport} says. Memory that system calls write to belongs to the poller or to the
 * listening socket, and so to one thread at a time.
 *
 * <p><b>Readiness</b> is told by the kernel once, when it begins, and remembered here until a call finds that it is over: what handlers see is
 * level-triggered, and to change an interest costs no system call.
 *
 * <p><b>Failure.</b> Functions of {@code Libc} return the negated errno; none of them is interrupted by a signal.
 *
 * <p><b>Allocation.</b> A call slices the segment that errno is left in, and the compiler removes that object as long as all segments that the
 * process slices are native ones. So this package makes no segment of an array.
 *
 * <p><b>Decisions.</b> No call is {@code critical}: it gains nothing that could be measured and delays safepoints. See also
 * {@code decisions/0006} and {@code decisions/0008}.
 */
@NullMarked
package dev.sluice.runtime.transport.epoll;

import org.jspecify.annotations.NullMarked;
