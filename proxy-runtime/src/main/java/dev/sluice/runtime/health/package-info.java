/**
 * Active health checks: connects, exchanges of bytes, HTTP requests and TLS handshakes that find out how endpoints are before clients do.
 *
 * <p><b>Model.</b> {@link dev.sluice.runtime.health.HealthChecks#keep} takes the checks that are wanted: an address, {@link
 * dev.sluice.runtime.health.CheckSettings} and a {@link dev.sluice.runtime.health.CheckTarget}. Where address and settings are equal there is
 * one check, however many clusters have the endpoint. A run of it has one result; several results in a row change the verdict, which is
 * all that targets act on. Clusters are not known here: the target translates.
 *
 * <pre>
 *   due ──► waits for one of 64 places ──► connect, ask, answer ──► result: verdict, next time
 *                                                             └───► goodbye
 * </pre>
 *
 * <p><b>Time.</b> From start to start of two checks passes at most the interval, and at most one second while the last result differs from
 * the verdict or there is none. So an endpoint that dies has failed after at most {@code interval + (fall − 1) × 1 s + timeout} (with an
 * interval or timeout other than 1 s between them: the smaller interval, or the timeout if that is longer). When so many endpoints are
 * silent that 64 runs wait for them, checks take turns, and it takes longer.
 *
 * <p><b>Thread.</b> One thread, {@code sluice-health}, owns all checks and their sockets, and calls all targets. A TLS check has a virtual
 * thread besides, which blocks. Nothing runs on an event loop, and no loop waits: {@link dev.sluice.runtime.health.HealthChecks#checkSoon} hands over a task once a second
 * per address at most.
 *
 * <p><b>Ownership.</b> A run owns its socket. At its deadline the socket is closed: the one way to end whatever a blocking run waits for.
 *
 * <p><b>Failure.</b> Failures that may be this process's own do not count for the verdict: it had no descriptor, port, memory or thread, or
 * it was half a timeout late with the check and the peer, or the deadline, gave up. Otherwise a machine that is overloaded would find all
 * its endpoints failed at once. A defect of a target or a check is logged and ends nothing.
 *
 * <p><b>Decisions.</b>
 * <ol>
 * <li>Off the event loops: TLS and HTTP would bring their parsers there, and a check has no byte of a client.
 * <li>One selector for all checks that say a few bytes at most. A virtual thread for each lost: for a connect it is started, parked,
 * registered with the poller of the JDK and woken, and 1,000 of them every 5 s took 2.1 % of a core in place of 1.2 % (HAProxy: 2.6 %, in the
 * same run on 2 cores). A TLS handshake costs many times that, and is written as what it is, from top to bottom, on a thread that blocks.
 * <li>HTTP is a request of four lines and a status line. {@code java.net.http} lost: a module more, and a selector thread per client.
 * <li>TLS is an {@link javax.net.ssl.SSLEngine} over the same socket. {@code SSLSocket} lost: it wants a {@code java.net.Socket}, which Unix
 * sockets have none of.
 * <li>A pause is drawn from the last tenth of its length. A tenth around it, as elsewhere, lost: the time in which a dead endpoint is
 * noticed would be more than the configuration says.
 * <li>Starts are rounded down to multiples of 67 ms. Each at its own time lost: a thread that wakes up for one check of 1,000 endpoints
 * finds cold caches, and the check cost three times the CPU (280 µs in place of 90 µs, 2 cores, with virtual threads).
 * <li>A bare connect ends with a reset, so that thousands leave no TIME_WAIT behind. Where something was said, it ends with FIN and waits
 * 100 ms for that of the peer: servers write a line into their log when a client resets.
 * </ol>
 */
@NullMarked
package dev.sluice.runtime.health;

import org.jspecify.annotations.NullMarked;
