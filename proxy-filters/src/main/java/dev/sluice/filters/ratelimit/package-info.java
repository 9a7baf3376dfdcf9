/**
 * Filter type {@code rate-limit}: how many connections in a time, how many at once, and how many bytes in a time; for each source, for
 * the listener, or (bytes) for each connection.
 *
 * <p><b>Promise.</b> In every window of length <i>t</i> no more than {@code burst + rate·t + 1} connections or bytes pass, whatever clients and
 * event loops do; who always wants more gets at least 98 % of the rate. {@code concurrent} is exact: never more than {@code max}. One thing is
 * on top of it: loops that read at the same time from one {@code source} or {@code listener} bucket may overdraw it by one read each; that is
 * paid back before anything more passes.
 *
 * <p><b>Sources.</b> An IPv4 address is a source (its mapped form is the same one), and so are the 2^64 addresses of an IPv6 /64, since one
 * customer has them all. Clients of a Unix socket have no address and are one source together.
 *
 * <p><b>Memory.</b> There is a place for {@code tableSize} sources that matter: those with open connections (where these are counted) or a
 * bucket that is not full. A source beyond them is refused, and the log says so: to forget a source that matters would forgive what it did, and a
 * bucket shared by all others would let strangers use up each other's rate. The table ({@link dev.sluice.filters.ratelimit.SourceTable}) is there
 * from the beginning where anything is limited for each source: 40 bytes for each of {@code tableSize}, and 16 for each limit. A connection
 * costs nothing, or up to 64 bytes where something about it has to be remembered.
 *
 * <p><b>Arithmetic.</b> A bucket is one number, the time when it is full again ({@link dev.sluice.filters.ratelimit.TokenBucket}), in nanoseconds
 * of the monotonic clock, and always rounded in favour of the limit. Limits that this could not count exactly enough are refused when the
 * configuration is read.
 *
 * <p><b>Thread.</b> All event loops share one {@link dev.sluice.filters.ratelimit.Limits}. Buckets change by compare-and-set. Only finding a
 * source takes a lock: a flag for 32 places, held for a look at them, for which others spin.
 *
 * <p><b>Order.</b> A connection that one limit refuses costs it nothing of the others, unless two loops decide at the same time; then it may cost
 * a token too much, never one too few. A connection that waits ({@code exceeded: delay}) has its token, and counts as concurrent.
 *
 * <p><b>Reload.</b> A filter of a new configuration starts with full buckets, and counts the connections it admits itself.
 *
 * <p><b>Failure.</b> Nothing here throws on an event loop.
 */
@NullMarked
package dev.sluice.filters.ratelimit;

import org.jspecify.annotations.NullMarked;
