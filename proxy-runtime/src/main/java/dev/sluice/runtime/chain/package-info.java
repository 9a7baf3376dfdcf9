/**
 * Runs filters over borrowed bytes. No sockets here: a connection that has some extends {@link dev.sluice.runtime.chain.ConnectionChain}.
 *
 * <pre>
 *   ChainPlan (listener, generation)        FilterSlot, FilterSlot, FilterSlot
 *        │ one for each connection                │ newFilter
 *   ConnectionChain ── attributes, decisions, suspensions
 *        │ at most one for each direction, until its last filter has detached
 *   DirectionChain ── Stage ── Cursor, Cursor      (a transforming filter ends a stage: what it emits is another buffer)
 *                  └─ Stage ── Cursor
 * </pre>
 *
 * <p><b>Thread.</b> Plans and slots are shared; everything of a connection belongs to its event loop. Only the completion of a suspension comes
 * from other threads, through the loop's mailbox.
 *
 * <p><b>Ownership.</b> Buffers belong to the relay, which lends them for a run; between runs a chain owns only what the stages before the last
 * hold. A connection none of whose bytes are under way owns no buffer, and no cursor once its filters have detached.
 *
 * <p><b>Ordering.</b> Filter <i>i</i> sees what filter <i>i-1</i> has forwarded and it has not. Positions are counted from the end of the content,
 * so that sending from its front moves none.
 *
 * <p><b>Failure.</b> What a filter throws is caught at the call, logged and answered with the end of its connection. Nothing that happens here costs
 * another connection more than time.
 *
 * <p><b>Allocation.</b> Cursors are made with the connection; a run allocates nothing, unless the plan is paranoid.
 */
@NullMarked
package dev.sluice.runtime.chain;

import org.jspecify.annotations.NullMarked;
