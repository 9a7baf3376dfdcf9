/**
 * The filter type {@code sniff}: recognises the protocol of a connection by the first bytes of its client, so that
 * routes can match it.
 *
 * <p><b>Results.</b> {@link dev.sluice.api.Attributes#PROTOCOL}; for TLS the server name (SNI), ALPN and the highest
 * version; for HTTP/1 method and host. Then the filter detaches. So it sees the first ClientHello only: the second one,
 * after a HelloRetryRequest, names the same server (RFC 8446 section 4.1.2). With encrypted ClientHello it sees the
 * outer name. Names found here choose a cluster; they prove neither the identity of the client nor the target of its
 * later requests.
 *
 * <p><b>Verdicts.</b> A protocol; <em>unknown</em>: none of those listed, or not recognised in time, which passes or is
 * rejected as configured; and <em>refused</em>: TLS that does not begin with a complete and valid ClientHello within
 * deadline and {@code maxBytes}. That is refused whatever {@code unknown} says: a server name is found or the
 * connection ends, it is never guessed. A hello of valid structure whose server name is not a DNS name has no name for
 * routing, and {@link dev.sluice.api.Attributes#SNI_INVALID} for the log; or is refused, as {@code invalidName} says.
 * "Not TLS", "TLS without a server name", "TLS with an invalid one" and "refused" have different explanations in the
 * access log.
 *
 * <p><b>Times.</b> A client that sends nothing may be waiting for its server: after {@code silence} it is
 * <em>unknown</em>, or passes if {@code mysql} is listed. A client that has begun has {@code deadline} from its first
 * byte: a lost segment is sent again after a second.
 *
 * <p><b>Segmentation.</b> Every answer is a pure function of the first <i>n</i> bytes, and an answer other than "wait"
 * is final. The first bytes decide, so the number of reads in which they arrive does not matter.
 *
 * <p><b>Thread.</b> One filter without state serves all connections of all loops. Loops share only
 * {@link dev.sluice.filters.sniff.SharedStrings}, without a lock.
 *
 * <p><b>Ownership.</b> Bytes are read where they are lent. A connection keeps strings, most of them shared, and none
 * longer than 255 characters. No number sent by a client decides an allocation. Work is bounded: a hello that arrives
 * byte by byte is looked at once for each record header, a request of HTTP/1 is read no further than 8 KiB.
 *
 * <p><b>Reload.</b> Nothing is inherited: all there is is a cache, and an empty one costs 512 strings at most.
 *
 * <p><b>Failure.</b> No bytes make it throw.
 */
@NullMarked
package dev.sluice.filters.sniff;

import org.jspecify.annotations.NullMarked;
