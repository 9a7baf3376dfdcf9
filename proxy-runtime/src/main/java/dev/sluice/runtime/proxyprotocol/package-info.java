/**
 * Reads and writes the header of the PROXY protocol, versions 1 and 2
 * (<a href="https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt">specification</a> of 2020-03-05). No sockets here: who is
 * allowed to send a header, and until when, is decided by those who read.
 *
 * <pre>
 *   bytes ── ProxyHeaderReader ── TextForm (version 1) ── Ipv4Scanner, Ipv6Scanner      ──► ProxyHeader, ProxyTlvs
 *                              └─ BinaryForm (version 2) ── TlvScanner ── TlvScanner (those within PP2_TYPE_SSL)
 *   addresses, SentTlvs ── ProxyHeaderWriter ──► bytes
 * </pre>
 *
 * <p><b>Thread.</b> Readers belong to one thread at a time; all else is immutable or has no state.
 *
 * <p><b>Ownership.</b> A reader copies the bytes that it needs, and lets go of them when the header is complete. It never asks for a byte
 * behind the header, so that the client's first byte is still in the socket. A buffer to write to is the caller's.
 *
 * <p><b>Ordering.</b> Bytes are looked at one by one, in order: the verdict and its position do not depend on the segments in which they came.
 *
 * <p><b>Failure.</b> A header is refused at the first byte with which no valid header can begin, in a sentence for the log; nothing is thrown
 * because of bytes. The one exception is a wrong CRC32c, which shows at the last byte only.
 *
 * <p><b>Allocation.</b> A reader keeps at most twice the received bytes and less than 1 KiB of its own; no length field allocates. Writing
 * allocates nothing, except for a text that is not ASCII and for a checksum.
 *
 * <h2>Decisions</h2>
 * <ul>
 * <li>Stricter than the specification: UDP and UNIX sockets (0x12, 0x22, 0x31, 0x32), which a receiver may treat as unspecified, are refused.
 * Their sender believes that it talks to something else than a TCP proxy.
 * <li>{@code PROXY UNKNOWN} may be followed by a space and anything up to CR LF, except for a CR or LF alone: it is one line.
 * <li>IPv6 in version 1 is the text of RFC 4291, section 2.2, with a dotted IPv4 tail, because {@code inet_ntop} and thus HAProxy and nginx write
 * mapped addresses so. The specification has hexadecimal groups only.
 * <li>The block of LOCAL and of an unspecified family is skipped, its TLVs included, as the specification says of LOCAL.
 * <li>TLVs of any type may repeat, the first one counts; except for CRC32c, where a second one would have to hold the checksum of the first.
 * </ul>
 */
@NullMarked
package dev.sluice.runtime.proxyprotocol;

import org.jspecify.annotations.NullMarked;
