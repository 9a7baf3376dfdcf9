/**
 * The filter type {@code fault}: faults that are injected into connections on purpose, in tests and on game days.
 *
 * <p>A direction of a connection is a line of effects, one for each fault that hits it. For the first bytes that wait, the
 * line decides how many go next, and when, by asking one effect after the other: the time at which the bytes leave one
 * is that at which they arrive at the next. Until then the direction is suspended, and not read. So what is held back is
 * in one buffer, in order, and goes on when a fault is removed.
 *
 * <p>Everything that is drawn depends on the seed, the number of the connection and the position in the stream, so that
 * a run can be repeated.
 *
 * <h2>Decisions</h2>
 *
 * <p><b>A delay by suspension, not by a queue of bytes with their times.</b> A queue would delay each byte exactly, and
 * own as much memory as a delay is long. A suspension owns one read buffer, and delays what arrives meanwhile from when
 * it is read.
 *
 * <p><b>One filter with a list, not one filter for each fault.</b> Faults come and go while connections are open; filters
 * do not.
 */
@NullMarked
package dev.sluice.filters.faults;

import org.jspecify.annotations.NullMarked;
