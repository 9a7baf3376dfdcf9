package dev.sluice.runtime.chain;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import org.jspecify.annotations.Nullable;

/**
 * The filters that see the bytes of one direction, until the last of them has detached.
 *
 * <p>A run works on buffers that the relay has borrowed for the event: {@link #open}, read into {@link #input}, {@link #run}, send what the
 * last buffer does not {@linkplain Buffer#held hold}, and again while {@link #blocked}, then {@link #shut}.
 */
public final class DirectionChain {
    final ConnectionChain chain;
    final Direction direction;
    final CursorList attached;
    final StageBuffers stages;
    private @Nullable PendingSuspension suspension;
    private boolean finReceived;
    /** It has refused the connection; what it forwarded before still passes, however the stream was cut. */
    private @Nullable Cursor rejected;
    /** In a run: bytes have moved since this was last looked at. */
    private boolean progress;
    /** A byte has arrived. */
    private boolean begun;

    private DirectionChain(ConnectionChain chain, Direction direction, CursorList attached) {
        this.chain = chain;
        this.direction = direction;
        this.attached = attached;
        this.stages = new StageBuffers(attached.stages());
    }

    /** The filters that see the bytes of a direction; null if none does. */
    static @Nullable DirectionChain of(ConnectionChain chain, Direction direction) {
        CursorList cursors = CursorList.of(chain, direction);
        return cursors == null ? null : new DirectionChain(chain, direction, cursors);
    }

    /** Whether the endpoint may not be chosen yet. */
    boolean waitsBeforeRouting() {
        return attached.waitBeforeRouting();
    }

    /** Whether a filter waits for an answer, so that nothing may be read. */
    public boolean suspended() {
        return suspension != null;
    }

    /** Whether a filter has left bytes because there was no room for what it has to emit: run again when the last buffer has been sent. */
    public boolean blocked() {
        return attached.blocked();
    }

    /** When {@link #expire} has something to do. */
    long deadline() {
        return suspension == null ? attached.deadline() : suspension.deadline();
    }

    void expireSuspension(long now) {
        if (suspension != null) {
            suspension.expire(now);
        }
    }

    /** Whether a filter has to decide now. */
    public boolean holdExpired(long now) {
        return suspension == null && deadline() <= now;
    }

    /**
     * Borrows what stages before the last need.
     *
     * @return false if memory has none; nothing has been borrowed then
     */
    public boolean open(LoopMemory memory) {
        return stages.open(memory);
    }

    /**
     * Where bytes have to be read into.
     *
     * @param last the buffer of the last stage
     */
    public Buffer input(Buffer last) {
        return stages.input(last);
    }

    /** Gives back, or keeps in an exact-size place, what {@link #open} has borrowed. */
    public void shut(LoopMemory memory) {
        stages.shut(memory);
    }

    int bufferBytes() {
        return stages.bufferBytes();
    }

    /** The connection is over. */
    void close(LoopMemory memory) {
        if (suspension != null) {
            suspension.cancel();
        }
        stages.close(memory);
    }

    /** FIN was received, behind everything that {@link #run} was given. */
    public void finReceived() {
        finReceived = true;
    }

    /**
     * Calls the filters that have something new to see. Afterwards the last buffer holds what they have not forwarded.
     *
     * @param added bytes read into {@link #input} since the last run
     */
    public Flow run(Buffer last, int added) {
        if (added > 0 && !begun) {
            begun = true;
            attached.begun(chain.nanoTime());
        }
        attached.arrived(0, added);
        return runFrom(0, last);
    }

    private Flow runFrom(int first, Buffer last) {
        int from = first;
        Flow flow;
        do {
            progress = false;
            flow = pass(from, last);
            if (flow == Flow.END) {
                passWhatWasForwarded(last);
                return Flow.END;
            }
            // What was emitted may have left room, behind filters that have passed it on.
            from = 0;
        } while (progress && flow == Flow.GO_ON && blocked());
        if (flow == Flow.GO_ON && full(last)) {
            return expire(HoldExpiry.FULL, Long.MAX_VALUE, last);
        }
        last.hold(held(last));
        if (attached.size() == 0) {
            chain.detached(direction);
        }
        return flow;
    }

    /** The filters behind one that has rejected see what it forwarded, and what they let pass may be sent before the end. */
    private void passWhatWasForwarded(Buffer last) {
        Cursor rejecting = rejected;
        int i = rejecting == null ? attached.size() : attached.indexOf(rejecting) + 1;
        while (i < attached.size()) {
            Cursor cursor = attached.get(i);
            if (show(i, last) != Flow.GO_ON) {
                return;
            }
            if (attached.is(i, cursor)) {
                i++;
            }
        }
        if (rejecting != null) {
            last.hold(held(last));
        }
    }

    /** Calls each filter that has something to see, in order. */
    private Flow pass(int first, Buffer last) {
        int i = first;
        while (suspension == null && i < attached.size()) {
            Cursor cursor = attached.get(i);
            Flow flow = show(i, last);
            if (flow == Flow.GO_ON && finReceived && i == 0 && attached.is(0, cursor) && !cursor.blocked) {
                flow = finish(cursor, last);
            }
            if (flow != Flow.GO_ON) {
                return flow;
            }
            // A filter that has detached or ended is no longer there.
            if (attached.is(i, cursor)) {
                i++;
            }
        }
        return suspension == null ? Flow.GO_ON : Flow.WAIT;
    }

    /** Nothing can be read any more though filters wait for more: those that hold, or are waited for, have to decide. */
    private boolean full(Buffer last) {
        return attached.size() > 0 && input(last).room() == 0 && !blocked()
                && (waitsBeforeRouting() || held(last) == last.content());
    }

    private int held(Buffer last) {
        return attached.held(stages.last(), last.content());
    }

    /** Shows a filter what is new to it, in portions if need be. */
    private Flow show(int i, Buffer last) {
        Cursor cursor = attached.get(i);
        Buffer source = stages.content(cursor.stage, last);
        Buffer target = stages.target(cursor, last);
        boolean again = cursor.blocked;
        cursor.blocked = false;
        while (attached.is(i, cursor)) {
            int visible = attached.visible(i);
            if (cursor.passThrough) {
                passOn(cursor, source, target, visible);
                return Flow.GO_ON;
            }
            int portion = Holds.portion(cursor, visible, StageBuffers.room(target));
            if (!Holds.worthACall(cursor, visible, portion, again)) {
                cursor.blocked = target != null && target.room() == 0 && (again || visible > cursor.shown);
                Holds.watch(cursor, visible, chain.nanoTime());
                return Flow.GO_ON;
            }
            boolean retried = again;
            again = false;
            DataAction action = FilterCall.show(chain, direction, cursor, null, source, portion, target, false);
            Flow flow = apply(cursor, action, Callback.ON_DATA, portion);
            if (flow == Flow.GO_ON && retried && target == last && cursor.taken() == 0
                    && last.content() > held(last)) {
                // It did not find enough room; there will be more when what waits has been sent.
                cursor.blocked = true;
            }
            if (flow == Flow.GO_ON && action == DataAction.CONTINUE) {
                flow = Expiry.ifFull(this, cursor, portion - cursor.taken(), source, target);
            }
            if (flow != Flow.GO_ON || cursor.blocked) {
                return flow;
            }
        }
        return Flow.GO_ON;
    }

    /** The filters whose time is over have to decide; then the others get what they let through. */
    public Flow expireHolds(Buffer last, long now) {
        return expire(HoldExpiry.DEADLINE, now, last);
    }

    private Flow expire(HoldExpiry cause, long now, Buffer last) {
        if (Expiry.of(this, cause, now, last) == Flow.END) {
            passWhatWasForwarded(last);
            return Flow.END;
        }
        return runFrom(0, last);
    }

    /** All bytes have been shown to the first filter; there are no more. */
    private Flow finish(Cursor cursor, Buffer last) {
        Buffer source = stages.content(cursor.stage, last);
        Buffer target = stages.target(cursor, last);
        if (target != null && !cursor.passThrough) {
            if (target == last && last.content() > held(last)) {
                // The last call gets as much room as there can be.
                cursor.blocked = true;
                return Flow.GO_ON;
            }
            DataAction action = FilterCall.show(chain, direction, cursor, null, source, cursor.unforwarded, target,
                    true);
            Flow flow = apply(cursor, action, Callback.ON_DATA, cursor.lent());
            if (flow != Flow.GO_ON || cursor.blocked) {
                return flow;
            }
        }
        if (!cursor.passThrough && attached.indexOf(cursor) >= 0 && (cursor.unforwarded > 0 || cursor.beforeRouting)) {
            Flow flow = Expiry.of(this, cursor, HoldExpiry.END_OF_STREAM, cursor.unforwarded, source, target);
            if (flow != Flow.GO_ON) {
                return flow;
            }
        }
        if (attached.indexOf(cursor) < 0 || cursor.blocked) {
            return Flow.GO_ON;
        }
        if (cursor.passThrough) {
            passOn(cursor, source, target, cursor.unforwarded);
        } else if (FilterCall.end(chain, direction, cursor) == Flow.END) {
            return Flow.END;
        }
        if (attached.indexOf(cursor) >= 0 && cursor.unforwarded == 0) {
            progress = true;
            attached.remove(cursor);
        }
        return Flow.GO_ON;
    }

    /**
     * Does what a filter decided about the bytes that it was shown.
     *
     * @param action null = its call has ended the connection
     */
    Flow apply(Cursor cursor, @Nullable DataAction action, Callback callback, int portion) {
        if (action == null) {
            return Flow.END;
        }
        if (action != DataAction.SUSPEND && chain.unusedSuspension(cursor.slot, callback, action)) {
            return Flow.END;
        }
        int taken = cursor.taken();
        if (cursor.transforms()) {
            attached.arrived(cursor.stage + 1, cursor.emitted());
            progress |= cursor.emitted() > 0;
        }
        return switch (action) {
            case CONTINUE -> {
                moved(cursor, taken);
                cursor.shown = portion - taken;
                if (taken > 0 && !cursor.beforeRouting) {
                    cursor.deadline = Cursor.NONE;
                }
                yield Flow.GO_ON;
            }
            case DETACH -> {
                chain.counters(cursor.slot).count(FilterEvent.DETACH);
                moved(cursor, taken);
                Holds.over(cursor);
                if (cursor.transforms()) {
                    cursor.passThrough = true;
                } else {
                    attached.remove(cursor);
                }
                yield Flow.GO_ON;
            }
            case SUSPEND -> suspend(cursor, callback, taken);
            case REJECT -> {
                moved(cursor, taken);
                rejected = cursor;
                yield chain.decided(cursor.slot, ConnectDecision.REJECT);
            }
        };
    }

    private Flow suspend(Cursor cursor, Callback callback, int taken) {
        PendingSuspension wait = chain.suspended(cursor.slot, callback);
        if (wait == null) {
            return Flow.END;
        }
        if (cursor.transforms()) {
            moved(cursor, taken);
            cursor.suspended = cursor.emitted();
        } else {
            cursor.suspended = taken;
        }
        suspension = wait;
        wait.await(direction);
        return Flow.WAIT;
    }

    private void moved(Cursor cursor, int count) {
        progress |= count > 0;
        cursor.unforwarded -= count;
        stages.dropConsumed(cursor);
    }

    /** Passes on the bytes that reach a transforming filter that has detached. */
    private void passOn(Cursor cursor, Buffer source, @Nullable Buffer target, int visible) {
        if (target != null) {
            int count = Math.min(visible, target.room());
            target.append(source, source.content() - cursor.unforwarded, count);
            attached.arrived(cursor.stage + 1, count);
            moved(cursor, count);
            cursor.blocked = count < visible;
            if (attached.allPassThrough() && source.content() == 0 && attached.is(0, cursor)) {
                attached.remove(cursor);
            }
        }
    }

    /** The answer that this direction waited for has come. {@link Flow#GO_ON} also if it has not waited. */
    public Flow resume(Buffer last) {
        PendingSuspension answered = suspension;
        if (answered == null) {
            return Flow.GO_ON;
        }
        if (!answered.isDone()) {
            return Flow.WAIT;
        }
        suspension = null;
        int i = attached.indexOf(answered.position());
        if (i < 0) {
            return runFrom(0, last);
        }
        Cursor cursor = attached.get(i);
        if (chain.answered(cursor.slot, answered.answer()) == Flow.END) {
            return Flow.END;
        }
        if (!cursor.transforms()) {
            moved(cursor, cursor.suspended);
        }
        cursor.suspended = 0;
        cursor.shown = 0;
        cursor.need = 0;
        // The next filter first; then what this one has left is shown to it again.
        Flow flow = runFrom(i + 1, last);
        return flow == Flow.GO_ON ? runFrom(0, last) : flow;
    }
}
