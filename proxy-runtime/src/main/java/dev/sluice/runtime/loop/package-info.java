/**
 * The event loop: poll, I/O, mailbox, timers, tasks that wait for memory, and again. It knows nothing of a proxy.
 *
 * <p><b>Thread.</b> An {@link dev.sluice.runtime.loop.EventLoop} is one thread; what is registered with it is used on that thread only.
 * Other threads reach it through {@link dev.sluice.runtime.loop.EventLoop#execute}.
 *
 * <p><b>Ordering.</b> In each turn sockets come before timers, so that a byte that arrived in time is seen before the deadline that it
 * meets, also after the process was stopped for a while. Tasks of the mailbox run in the order in which one thread sent them.
 *
 * <p><b>Time.</b> The clock is monotonic and is read once in a turn; {@link dev.sluice.runtime.loop.EventLoop#now} is that reading.
 *
 * <p><b>Ownership.</b> A loop owns its poller and the pool of its pipes. Whatever is lent when the loop ends is closed with it.
 *
 * <p><b>Failure.</b> What a handler, a task or a timer throws is its own problem: it is reported, and the loop goes on. A callback that
 * keeps its loop busy for longer than {@link dev.sluice.runtime.loop.Watchdog#THRESHOLD} is named with its stack.
 */
@NullMarked
package dev.sluice.runtime.loop;

import org.jspecify.annotations.NullMarked;
