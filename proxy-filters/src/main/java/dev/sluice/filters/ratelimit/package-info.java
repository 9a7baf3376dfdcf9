/**
 * The filter type {@code rate-limit}: limits new connections per period, open connections, and bytes read per period;
 * for each source, for the listener, or (bytes) for each connection.
 *
 * <p><b>Promise.</b> In every window of length <i>t</i> at most {@code burst + rate·t + 1} connections or bytes pass,
 * whatever clients and event loops do; a client that always wants more gets at least 98 % of the rate.
 * {@code concurrent} is exact: never more than {@code max}. There is one exception: loops that read at the same time
 * from one {@code source} or {@code listener} bucket may overdraw it by one read each; that is paid back before
 * anything more passes.
 *
 * <p><b>Sources.</b> An IPv4 address is a source (its mapped form is the same one), and so are the 2^64 addresses of an
 * IPv6 /64, since one customer has them all. Clients of a Unix socket have no address and are one source together.
 *
 * <p><b>Memory.</b> The table has room for {@code tableSize} sources that must be remembered: those with open
 * connections (where these are counted) or a bucket that is not full. Connections of further sources are refused, and
 * the log says so: forgetting such a source would forgive its use, and with a bucket shared by all others, strangers
 * could use up each other's rate. The table ({@link dev.sluice.filters.ratelimit.SourceTable}) is allocated at the
 * start if anything is limited for each source: 40 bytes for each of {@code tableSize}, and 16 for each limit. A
 * connection costs nothing, or up to 64 bytes if something about it has to be remembered.
 *
 * <p><b>Arithmetic.</b> A bucket is one number, the time at which it is full again
 * ({@link dev.sluice.filters.ratelimit.TokenBucket}), in nanoseconds of the monotonic clock, and always rounded in
 * favour of the limit. Limits that this could not count exactly enough are refused when the configuration is read.
 *
 * <p><b>Thread.</b> All event loops share one {@link dev.sluice.filters.ratelimit.Limits}. Buckets change by
 * compare-and-set. Only finding a source takes a lock: a flag for 32 places, held for a look at them, for which others
 * spin.
 *
 * <p><b>Order.</b> A connection that one limit refuses takes nothing from the others, unless two loops decide at the
 * same time; then it may take a token too many, never one too few. A connection that waits ({@code exceeded: delay})
 * has its token, and counts as open.
 *
 * <p><b>Reload.</b> A filter of a changed configuration goes on with the {@link dev.sluice.filters.ratelimit.Usage} of
 * the one before it, as long as both count the same things: the same scopes, and the same {@code tableSize} if there is
 * a table. Otherwise it starts anew, and the log says so. From its first connection on, its numbers hold for everything
 * that connections share, for those of former configurations too: there is one bucket for a listener, and it cannot
 * have two rates. The promise holds over any number of reloads, for the largest {@code burst} and the fastest
 * {@code rate} in the window. The price: a bucket does not remember at which rate it was used, so after a rate was
 * lowered, and until its buckets would have been full, all use counts as that of the faster rate, and a burst may be
 * smaller than configured; and after it was raised, an empty bucket may fill one second later. Bandwidth of single
 * connections stays what it was when they began.
 *
 * <p><b>Failure.</b> Nothing here throws on an event loop.
 */
@NullMarked
package dev.sluice.filters.ratelimit;

import org.jspecify.annotations.NullMarked;
