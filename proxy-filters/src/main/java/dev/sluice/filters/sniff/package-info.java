/**
 * The filter type {@code sniff}: names the protocol of a connection by the first bytes of its client, and lets routes match on that.
 *
 * <p><b>What it finds.</b> {@link dev.sluice.api.Attributes#PROTOCOL}; of TLS the server name (SNI), ALPN and the highest version; of HTTP/1 method and host.
 * Then it detaches, and the connection is not its business any more. So it sees the first ClientHello only: the second one, behind a
 * HelloRetryRequest, names the same server (RFC 8446 section 4.1.2). With encrypted ClientHello it sees the outer name. Names found here choose
 * a cluster; they are no proof of who the client is, nor of what its later requests ask for.
 *
 * <p><b>Verdicts.</b> A protocol; <em>unknown</em>: none of those listed, or not told in time, which passes or is rejected as configured; and
 * <em>refused</em>: TLS that does not begin with a complete ClientHello as a server would take it, within deadline and {@code maxBytes}. A hello is
 * refused whatever {@code unknown} says, and by name: its server name is found or the connection ends, it is never guessed. A hello of valid structure
 * whose server name is none of DNS has no name for routing, and {@link dev.sluice.api.Attributes#SNI_INVALID} for the log; or is refused, as
 * {@code invalidName} says. "Not TLS", "TLS without a server name", "TLS with an invalid one" and "refused" have different explanations in the
 * access log.
 *
 * <p><b>Times.</b> A client that sends nothing may be waiting for its server: after {@code silence} it is <em>unknown</em>, or passes where
 * {@code mysql} is listed. One that has begun has {@code deadline} from its first byte: a segment that is lost comes again after a second.
 *
 * <p><b>Segmentation.</b> Every answer is a pure function of the first <i>n</i> bytes, and one that does not wait stands for good. What comes first
 * decides, so it does not matter in how many reads they come.
 *
 * <p><b>Thread.</b> One filter without state serves all connections of all loops. What loops share is {@link dev.sluice.filters.sniff.SharedStrings}, without a
 * lock.
 *
 * <p><b>Ownership.</b> Bytes are read where they are lent. A connection keeps strings, most of them shared, and none longer than 255 characters. No
 * number that a client sends makes anything be allocated. Work is bounded: a hello that comes byte by byte is looked at once for each record header,
 * a request of HTTP/1 is read no further than 8 KiB.
 *
 * <p><b>Failure.</b> No bytes make it throw.
 */
@NullMarked
package dev.sluice.filters.sniff;

import org.jspecify.annotations.NullMarked;
