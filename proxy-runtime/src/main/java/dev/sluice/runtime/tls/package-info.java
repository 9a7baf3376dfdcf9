/**
 * TLS without sockets: bytes in, bytes out, on whole records.
 *
 * <p><b>Two halves.</b> A {@link dev.sluice.runtime.tls.Handshake} is run by an engine, which knows certificates, key exchange and versions.
 * When it is done, a connection keeps {@link dev.sluice.runtime.tls.Records}: after TLS 1.3 the engine is dropped, and what is left are the
 * traffic secrets and two counters ({@link dev.sluice.runtime.tls.TrafficRecords}, some 200 bytes); in all other cases the engine stays
 * (some 4 KB).
 *
 * <p><b>Ciphers</b> belong to the event loop, as buffers do ({@link dev.sluice.runtime.tls.LoopCiphers}), and are keyed for each record: an
 * idle connection has none.
 *
 * <p><b>Memory.</b> Records are opened in place, in the borrowed buffer into which they were read, since plaintext is shorter than its record. A
 * part of a record stays with the connection, and no engine ever sees one, so that none allocates a buffer of its own for it.
 *
 * <p><b>Thread.</b> Everything here belongs to one event loop, but for tasks that a handshake gives away.
 *
 * <p><b>Failure.</b> {@link dev.sluice.runtime.tls.TlsException} has the alert that the peer gets, and the words that the operator gets. After
 * one, the connection has only that alert left to send.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446">RFC 8446, TLS 1.3</a>
 */
@NullMarked
package dev.sluice.runtime.tls;

import org.jspecify.annotations.NullMarked;
