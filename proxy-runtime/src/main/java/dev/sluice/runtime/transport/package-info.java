/**
 * The services of the operating system that a readiness loop needs, without anything of a proxy: a
 * {@link dev.sluice.runtime.transport.Poller} that reports the sockets that are ready, {@link dev.sluice.runtime.transport.StreamSocket}s that read and write without blocking,
 * {@link dev.sluice.runtime.transport.ServerSocket}s that accept, and, where there are some, {@link dev.sluice.runtime.memory.KernelPipe}s
 * for bytes that need not be seen. Bytes move to and from {@link dev.sluice.runtime.memory.Buffer}s, whose owner the caller is before and
 * after; no call here keeps one.
 *
 * <p><b>Thread.</b> A poller and the sockets registered with it belong to one thread. {@link dev.sluice.runtime.transport.Poller#wakeup}
 * and {@link dev.sluice.runtime.transport.Transport} may be used from any thread. A socket that is accepted is registered with no poller
 * yet, and may be handed to the thread that will own it.
 *
 * <p><b>Failure.</b> Reading and writing answer with a code, never with an exception: a peer that goes away is ordinary. What the
 * operating system refuses while a socket is being made is a {@link dev.sluice.runtime.transport.TransportException}, which says which kind
 * of refusal it is and keeps the system's words. Nothing is decided by those words: they are in the user's language.
 *
 * <p><b>Resets.</b> A TCP connection that is cut ends with RST. A Unix socket has none: a peer meets a reset only if bytes that it has sent were
 * unread when the socket was closed ({@link dev.sluice.runtime.transport.StreamSocket#reset}).
 */
@NullMarked
package dev.sluice.runtime.transport;

import org.jspecify.annotations.NullMarked;
