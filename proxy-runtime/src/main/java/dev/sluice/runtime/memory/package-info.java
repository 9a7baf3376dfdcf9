/**
 * Every number that bounds memory. A read buffer is lent after readiness and before the read, and is back when the event ends; what a
 * short write leaves behind is kept in a stash cell of its own size. The kernel's pipes, for bytes that need not be seen, are lent in the
 * same way.
 *
 * <p><b>Thread.</b> {@link dev.sluice.runtime.memory.BufferPool} belongs to the server and is thread-safe;
 * {@link dev.sluice.runtime.memory.LoopMemory} belongs to one event loop and is used by that thread alone, except for its counters,
 * which any thread may read. So is the {@link dev.sluice.runtime.memory.PipePool} of a loop.
 *
 * <p><b>Ownership.</b> Whoever holds a {@link dev.sluice.runtime.memory.Buffer} owes it to its {@code LoopMemory}: exactly one
 * {@code giveBack} for each {@code borrow} or {@code keep}. A {@link dev.sluice.runtime.memory.KernelPipe} goes back to its pool, or is
 * discarded with what is in it.
 *
 * <p><b>Bounds.</b> {@code memory.pool} and {@code memory.stash} are divided evenly among the loops when the server starts. A bound that
 * all loops share would let a busy loop use what an idle one leaves, but every borrow would then touch a contended counter, and a
 * release would have to wake a waiter on another thread. With connections balanced over the loops to within 10 %, the share is what a
 * loop would get anyway.
 *
 * <p><b>Failure.</b> An empty pool is not an error: {@code borrow} answers {@code null} and the caller queues. The operating system's
 * refusal to give memory within the bounds is treated the same way, and logged.
 */
@NullMarked
package dev.sluice.runtime.memory;

import org.jspecify.annotations.NullMarked;
