package dev.sluice.runtime.chain;

import dev.sluice.api.ConnectDecision;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.HoldExpiry;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.observe.OwnedBytes;
import org.jspecify.annotations.Nullable;

/**
 * The filters that see the bytes of one direction, until the last of them has detached.
 *
 * <p>A run works on buffers that the relay has borrowed for the event: {@link #open}, read into {@link #input},
 * {@link #run}, send the bytes that the last buffer does not {@linkplain Buffer#held hold}, repeat while
 * {@link #blocked}, then {@link #shut}.
 */
public final class DirectionChain {
    final ConnectionChain chain;
    final Direction direction;
    final CursorList cursors;
    final StageBuffers stages;
    private @Nullable PendingSuspension suspension;
    private boolean finReceived;
    /** The filter that has rejected the connection; bytes that it forwarded before still pass. */
    private @Nullable Cursor rejected;
    /** The filter that has ended the stream before its sender did. */
    @Nullable
    Cursor endedBy;
    /** During a run, whether bytes have moved since the last pass. */
    boolean progress;
    /** Whether a byte has arrived. */
    private boolean begun;

    private DirectionChain(ConnectionChain chain, Direction direction, CursorList cursors) {
        this.chain = chain;
        this.direction = direction;
        this.cursors = cursors;
        this.stages = new StageBuffers(cursors.stages());
    }

    /** The filters that see the bytes of a direction; null if none does. */
    static @Nullable DirectionChain of(ConnectionChain chain, Direction direction) {
        CursorList cursors = CursorList.of(chain, direction);
        return cursors == null ? null : new DirectionChain(chain, direction, cursors);
    }

    /** Whether the choice of an endpoint has to wait. */
    boolean waitsBeforeRouting() {
        return cursors.waitBeforeRouting();
    }

    /** Whether a filter waits for the answer to a suspension, so that nothing may be read. */
    public boolean suspended() {
        return suspension != null;
    }

    /** Whether a filter has left bytes because its output had no room; it runs again once the last buffer is sent. */
    public boolean blocked() {
        return cursors.blocked();
    }

    /** The next time at which {@link #expire} has something to do. */
    long deadline() {
        return suspension == null ? cursors.deadline() : suspension.deadline();
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

    /** Borrows the buffers of the stages before the last; false if memory has none, and then nothing is borrowed. */
    public boolean open(LoopMemory memory) {
        return stages.open(memory);
    }

    /** The buffer to read into, given that of the last stage. */
    public Buffer input(Buffer last) {
        return stages.input(last);
    }

    /** Gives back the buffers of {@link #open}; their content is kept in cells of about its size. */
    public void shut(LoopMemory memory) {
        stages.shut(memory);
    }

    int bufferBytes() {
        return stages.bufferBytes();
    }

    /** The name of the filter that has not let the bytes of the last buffer pass; null = none holds any. */
    public @Nullable String holder() {
        return cursors.holder(stages.last());
    }

    /** Adds up what {@link #bufferBytes} counts, by filter. */
    void addOwned(OwnedBytes sum) {
        stages.addOwned(sum, cursors);
    }

    /** Ends this direction with the connection. */
    void close(LoopMemory memory) {
        if (suspension != null) {
            suspension.cancel();
        }
        stages.close(memory);
    }

    /** Notes that FIN was received, after all bytes given to {@link #run}. */
    public void finReceived() {
        finReceived = true;
    }

    /**
     * Calls the filters that have something new to see. Afterwards the last buffer holds the bytes that they have not
     * forwarded.
     *
     * @param added bytes read into {@link #input} since the last run
     */
    public Flow run(Buffer last, int added) {
        if (added > 0 && !begun) {
            begun = true;
            cursors.begun(chain.nanoTime());
        }
        cursors.arrived(0, added);
        return runFrom(0, last);
    }

    private Flow runFrom(int first, Buffer last) {
        int from = first;
        Flow flow;
        do {
            progress = false;
            flow = pass(from, last);
            if (flow == Flow.END) {
                passForwarded(last);
                return Flow.END;
            }
            // Filters further on may have passed bytes on, and so made room.
            from = 0;
        } while (progress && flow == Flow.GO_ON && blocked());
        // The filter before "first" is about to see again what it has left, and is not asked to decide before.
        if (flow == Flow.GO_ON && first == 0 && full(last)) {
            return expire(HoldExpiry.FULL, Long.MAX_VALUE, last);
        }
        last.hold(held(last));
        if (cursors.size() == 0) {
            chain.detached(direction);
        }
        return flow;
    }

    /**
     * Shows the filters after the one that has rejected the bytes it forwarded before; those that they let pass may be
     * sent before the end.
     */
    private void passForwarded(Buffer last) {
        Cursor rejecting = rejected;
        int i = rejecting == null ? cursors.size() : cursors.indexOf(rejecting) + 1;
        while (i < cursors.size()) {
            Cursor cursor = cursors.get(i);
            if (show(i, last) != Flow.GO_ON) {
                return;
            }
            if (cursors.is(i, cursor)) {
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
        while (suspension == null && i < cursors.size()) {
            Cursor cursor = cursors.get(i);
            Flow flow = show(i, last);
            // If its filter has ended the stream, the filters before it are gone too.
            i = endedBy == cursor ? 0 : i;
            if (flow == Flow.GO_ON && finReceived && i == 0 && cursors.is(0, cursor) && !cursor.blocked) {
                flow = StreamEnd.received(this, cursor, last);
            }
            if (flow != Flow.GO_ON) {
                return flow;
            }
            // A filter that has detached or ended is no longer there.
            if (cursors.is(i, cursor)) {
                i++;
            }
        }
        return suspension == null ? Flow.GO_ON : Flow.WAIT;
    }

    /**
     * Whether nothing more can be read although filters wait for more bytes: then those that hold, or are waited for,
     * have to decide.
     */
    private boolean full(Buffer last) {
        return cursors.size() > 0 && input(last).room() == 0 && !blocked()
                && (waitsBeforeRouting() || held(last) == last.content());
    }

    private int held(Buffer last) {
        return cursors.held(stages.last(), last.content());
    }

    /** Shows a filter the bytes that are new to it, in portions if need be. */
    private Flow show(int i, Buffer last) {
        Cursor cursor = cursors.get(i);
        Buffer source = stages.content(cursor.stage, last);
        Buffer target = stages.target(cursor, last);
        boolean again = cursor.blocked;
        cursor.blocked = false;
        while (cursors.is(i, cursor)) {
            int visible = cursors.visible(i);
            if (cursor.passThrough) {
                passOn(cursor, source, target, visible);
                return Flow.GO_ON;
            }
            int portion = Holds.portion(cursor, visible, StageBuffers.room(target));
            if (!Holds.isWorthCalling(cursor, visible, portion, again)) {
                cursor.blocked = target != null && target.room() == 0 && (again || visible > cursor.shown);
                Holds.watch(cursor, visible, chain.nanoTime());
                return Flow.GO_ON;
            }
            boolean retried = again;
            again = false;
            DataAction action = FilterCall.show(chain, direction, cursor, null, source, portion, target, false);
            Flow flow = apply(cursor, action, Callback.ON_DATA, portion, source);
            if (flow == Flow.GO_ON && retried && target == last && cursor.taken() == 0
                    && last.content() > held(last)) {
                // The filter lacked room; there will be more when the waiting bytes have been sent.
                cursor.blocked = true;
            }
            if (flow == Flow.GO_ON && action == DataAction.CONTINUE && endedBy != cursor) {
                flow = Expiry.ifFull(this, cursor, portion - cursor.taken(), source, target);
            }
            if (flow != Flow.GO_ON || cursor.blocked) {
                return flow;
            }
        }
        return Flow.GO_ON;
    }

    /** Lets the filters whose deadline has passed decide; then shows the others the bytes that passed. */
    public Flow expireHolds(Buffer last, long now) {
        return expire(HoldExpiry.DEADLINE, now, last);
    }

    private Flow expire(HoldExpiry cause, long now, Buffer last) {
        if (Expiry.of(this, cause, now, last) == Flow.END) {
            passForwarded(last);
            return Flow.END;
        }
        return runFrom(0, last);
    }

    /**
     * Carries out a filter's decision about the bytes that it was shown.
     *
     * @param action null = its call has ended the connection
     * @param source the content of its stage
     */
    Flow apply(Cursor cursor, @Nullable DataAction action, Callback callback, int portion, Buffer source) {
        if (action == null) {
            return Flow.END;
        }
        if (action != DataAction.SUSPEND && chain.unusedSuspension(cursor.slot, callback, action)) {
            return Flow.END;
        }
        int taken = cursor.taken();
        if (cursor.transforms()) {
            cursors.arrived(cursor.stage + 1, cursor.emitted());
            progress |= cursor.emitted() > 0;
        }
        if (chain.finishing() && action != DataAction.REJECT) {
            moved(cursor, taken);
            return StreamEnd.early(this, cursor, action, callback, source);
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
                Holds.detached(cursor);
                if (cursor.transforms()) {
                    cursor.passThrough = true;
                } else {
                    cursors.remove(cursor);
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
    void passOn(Cursor cursor, Buffer source, @Nullable Buffer target, int visible) {
        if (target != null) {
            int count = Math.min(visible, target.room());
            target.append(source, source.content() - cursor.unforwarded, count);
            cursors.arrived(cursor.stage + 1, count);
            moved(cursor, count);
            cursor.blocked = count < visible;
            if (cursors.allPassThrough() && source.content() == 0 && cursors.is(0, cursor)) {
                cursors.remove(cursor);
            }
        }
    }

    /** Goes on after the answer that this direction waited for. {@link Flow#GO_ON} also if it did not wait. */
    public Flow resume(Buffer last) {
        PendingSuspension answered = suspension;
        if (answered == null) {
            return Flow.GO_ON;
        }
        if (!answered.isDone()) {
            return Flow.WAIT;
        }
        suspension = null;
        int i = cursors.indexOf(answered.position());
        if (i < 0) {
            return runFrom(0, last);
        }
        Cursor cursor = cursors.get(i);
        if (chain.answered(cursor.slot, answered.answer()) == Flow.END) {
            return Flow.END;
        }
        if (!cursor.transforms()) {
            moved(cursor, cursor.suspended);
        }
        cursor.suspended = 0;
        cursor.shown = 0;
        cursor.need = 0;
        // The next filters first; then the bytes that this one has left are shown to it again.
        Flow flow = runFrom(i + 1, last);
        return flow == Flow.GO_ON ? runFrom(0, last) : flow;
    }
}
