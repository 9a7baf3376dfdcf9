/**
 * One proxied connection: accept, connect, two directions, half-close, deadlines.
 *
 * <p><b>Classes.</b> {@code Relay} is the life of a connection, on top of {@code ClosingConnection} (how it ends) and {@code Connection} (what
 * its parts know of it). It has two {@code Side}s: a socket each, its states ({@code SideTable}) and the bytes that wait to be sent. Bytes are
 * moved by pumps, which are static and keep nothing between events: {@code CopyPump}, {@code FilterPump}, {@code SplicePump},
 * {@code DiscardPump}. {@code RelayDeadlines} and {@code SideTable} are pure rules; {@code ClientAddress} is the one answer to who the client
 * is. What moves bytes does not know the life of a connection, which a test holds.
 *
 * <p><b>Thread.</b> An {@link dev.sluice.runtime.relay.Acceptor} lives on one event loop and hands each connection to the
 * {@link dev.sluice.runtime.relay.Worker} with the fewest; from then on the connection belongs to that worker's loop for life.
 * {@link dev.sluice.runtime.relay.DescriptorReserve} is shared and thread-safe.
 *
 * <p><b>Configuration.</b> An acceptor has a {@link dev.sluice.runtime.relay.Serving}, which a reload replaces. A connection keeps its
 * {@link dev.sluice.runtime.relay.ListenerGeneration} and is counted in the {@link dev.sluice.runtime.relay.OpenConnections} of that until it
 * ends; its routes it gives up when one is taken. Limit and counters are the listener's own
 * ({@link dev.sluice.runtime.relay.ListenerState}) and go on from one generation to the next.
 *
 * <p><b>A byte's way.</b> A side becomes readable; a pump borrows a buffer, reads, and writes to the other side: what that takes is gone, what it
 * does not take stays with that side ({@code pending}) and stops the reading until it has left. With nothing pending the buffer is back in
 * the pool before the event ends. Filters are run by {@code FilterPump} between the read and the write.
 *
 * <p><b>Ends.</b> FIN in is FIN out after the last byte, in each direction by itself. RST in is RST out, after what had arrived before it
 * ({@code RelayState.RESETTING}), and whatever the proxy itself cuts (deadlines, limits, failed connects) ends with RST too, so that a cut
 * stream never looks complete. One case needs care: a side that sent FIN and later breaks has completed its stream, so the other side must
 * still get all of it, see {@code RelayState.LINGERING}.
 *
 * <p><b>Deadlines.</b> One timer for each connection, armed for the earliest deadline of its state and looked at again when it fires; moving a
 * byte only writes down the time.
 *
 * <p><b>Journal.</b> A worker has the journal of the server, and its relays record there that they have reached an endpoint and that they
 * have ended. Lines in between come from a walk of the worker over all relays, several times in a period, and a relay keeps nothing for
 * them. A client that has left without a byte in either direction has a reason of its own.
 *
 * <p><b>Failure.</b> What goes wrong within a connection closes that connection with {@link dev.sluice.api.CloseReason#INTERNAL_ERROR}.
 */
@NullMarked
package dev.sluice.runtime.relay;

import org.jspecify.annotations.NullMarked;
