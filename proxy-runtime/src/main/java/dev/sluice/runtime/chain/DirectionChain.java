package dev.sluice.runtime.chain;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.CloseReason;
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
    private final ConnectionChain chain;
    private final Direction direction;
    private final Attached attached;
    private final Stages stages;
    private @Nullable PendingSuspension suspension;
    private boolean finReceived;
    /** It has refused the connection; what it forwarded before still passes, however the stream was cut. */
    private @Nullable Cursor rejected;
    /** In a run: bytes have moved since this was last looked at. */
    private boolean progress;

    private DirectionChain(ConnectionChain chain, Direction direction, Cursor[] cursors, int stages) {
        this.chain = chain;
        this.direction = direction;
        this.attached = new Attached(cursors);
        this.stages = new Stages(stages);
    }

    /** The filters that see the bytes of a direction; null if none does. */
    static @Nullable DirectionChain of(ConnectionChain chain, Direction direction) {
        List<FilterSlot> slots = chain.plan().slots();
        List<Cursor> cursors = null;
        int stage = 0;
        for (int i = 0; i < slots.size(); i++) {
            FilterSlot slot = slots.get(i);
            if (slot.traits().sees(direction) && !chain.bypassed(i)) {
                cursors = cursors == null ? new ArrayList<>() : cursors;
                Cursor cursor = new Cursor(slot, chain.filter(i), Thread.currentThread(), stage);
                if (slot.traits().beforeRouting() && direction == Direction.CLIENT_TO_UPSTREAM) {
                    cursor.deadline = chain.nanoTime() + slot.traits().holdDeadline().toNanos();
                } else {
                    cursor.beforeRouting = false;
                }
                cursors.add(cursor);
                stage += slot.traits().transforming() ? 1 : 0;
            }
        }
        return cursors == null
                ? null
                : new DirectionChain(chain, direction, cursors.toArray(Cursor[]::new), stage + 1);
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

    /** FIN was received, after everything that {@link #run} has been told of. */
    public void finReceived() {
        finReceived = true;
    }

    /**
     * Calls the filters that have something new to see. Afterwards the last buffer holds what they have not forwarded.
     *
     * @param added bytes read into {@link #input} since the last run
     * @return false if the connection has to end: {@link ConnectionChain#verdict}
     */
    public boolean run(Buffer last, int added) {
        attached.arrived(0, added);
        return runFrom(0, last);
    }

    private boolean runFrom(int first, Buffer last) {
        int from = first;
        do {
            progress = false;
            if (!pass(from, last)) {
                passWhatWasForwarded(last);
                return false;
            }
            // What was emitted may have left room, behind filters that have passed it on.
            from = 0;
        } while (progress && suspension == null && blocked());
        if (suspension == null && full(last)) {
            return expire(HoldExpiry.FULL, Long.MAX_VALUE, last);
        }
        last.hold(held(last));
        if (attached.size() == 0) {
            chain.detached(direction);
        }
        return true;
    }

    /** The filters behind one that has rejected see what it forwarded, and what they let pass may be sent before the end. */
    private void passWhatWasForwarded(Buffer last) {
        Cursor by = rejected;
        int i = by == null ? attached.size() : attached.indexOf(by) + 1;
        while (i < attached.size()) {
            Cursor cursor = attached.get(i);
            if (!show(i, last) || suspension != null) {
                return;
            }
            if (attached.is(i, cursor)) {
                i++;
            }
        }
        if (by != null) {
            last.hold(held(last));
        }
    }

    /** Calls each filter that has something to see, in order. */
    private boolean pass(int first, Buffer last) {
        int i = first;
        while (suspension == null && i < attached.size()) {
            Cursor cursor = attached.get(i);
            if (!show(i, last)) {
                return false;
            }
            if (suspension == null && finReceived && i == 0 && attached.is(0, cursor) && !cursor.blocked
                    && !finish(cursor, last)) {
                return false;
            }
            // Whoever has detached or ended is no longer there.
            if (attached.is(i, cursor)) {
                i++;
            }
        }
        return true;
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
    private boolean show(int i, Buffer last) {
        Cursor cursor = attached.get(i);
        Buffer source = stages.content(cursor.stage, last);
        Buffer target = stages.target(cursor, last);
        boolean again = cursor.blocked;
        cursor.blocked = false;
        while (attached.is(i, cursor) && suspension == null) {
            int visible = cursor.unforwarded - attached.behind(i);
            if (cursor.pipe) {
                passOn(cursor, source, target, visible);
                return true;
            }
            int portion = portion(cursor, visible, target);
            if (!worthACall(cursor, visible, portion, again)) {
                cursor.blocked = target != null && target.room() == 0 && (again || visible > cursor.shown);
                holdUntilDeadline(cursor, visible);
                return true;
            }
            boolean retried = again;
            again = false;
            DataAction action = FilterCall.show(chain, direction, cursor, null, source, portion, target, false);
            if (action == null || !apply(cursor, action, portion)) {
                return false;
            }
            if (retried && target == last && cursor.taken() == 0 && last.content() > held(last)) {
                // It did not find enough room; there will be more when what waits has been sent.
                cursor.blocked = true;
            }
            int left = portion - cursor.taken();
            if (action == DataAction.CONTINUE && !checkHold(cursor, left, source, target)) {
                return false;
            }
            if (cursor.blocked) {
                return true;
            }
        }
        return true;
    }

    private static boolean worthACall(Cursor cursor, int visible, int portion, boolean again) {
        return portion > 0 && (portion > cursor.shown || again)
                && (portion >= cursor.need || portion < visible);
    }

    private void holdUntilDeadline(Cursor cursor, int visible) {
        if (cursor.beforeRouting) {
            return;
        }
        if (visible == 0) {
            cursor.deadline = Cursor.NONE;
        } else if (cursor.deadline == Cursor.NONE) {
            cursor.deadline = chain.nanoTime() + cursor.slot.traits().holdDeadline().toNanos();
        }
    }

    private static int portion(Cursor cursor, int visible, @Nullable Buffer target) {
        int portion = cursor.mostHeld() > 0 ? Math.min(visible, cursor.mostHeld()) : visible;
        return target == null ? portion : Math.min(portion, target.room());
    }

    /** A filter may hold only so much, and needs a filter's declaration to hold at all. */
    private boolean checkHold(Cursor cursor, int left, Buffer source, @Nullable Buffer target) {
        if (cursor.mostHeld() == 0) {
            cursor.need = 0;
        }
        if (left == 0 || cursor.blocked) {
            return true;
        }
        if (cursor.mostHeld() == 0) {
            chain.fail(cursor.slot, Callback.ON_DATA, new FilterContractException("it left " + left
                    + " bytes unforwarded, but declared no maxHeldBytes"));
            return false;
        }
        if (left < cursor.mostHeld() && cursor.need <= cursor.mostHeld()) {
            return true;
        }
        return expire(cursor, HoldExpiry.FULL, left, source, target);
    }

    /**
     * The filters whose hold expires have to decide; then the others get what they let through.
     *
     * @return as {@link #run}
     */
    public boolean expireHolds(Buffer last, long now) {
        return expire(HoldExpiry.DEADLINE, now, last);
    }

    private boolean expire(HoldExpiry cause, long now, Buffer last) {
        Cursor[] asked = attached.now();
        for (int i = 0; i < asked.length && suspension == null; i++) {
            Cursor cursor = asked[i];
            int at = attached.indexOf(cursor);
            boolean due = cause == HoldExpiry.FULL
                    ? cursor.beforeRouting || (at >= 0 && cursor.unforwarded - attached.behind(at) > 0)
                    : cursor.deadline <= now;
            if (at >= 0 && due) {
                int visible = cursor.unforwarded - attached.behind(at);
                Buffer target = stages.target(cursor, last);
                if (!expire(cursor, cause, portion(cursor, visible, target), stages.content(cursor.stage, last),
                        target)) {
                    passWhatWasForwarded(last);
                    return false;
                }
            }
        }
        return runFrom(0, last);
    }

    private boolean expire(Cursor cursor, HoldExpiry cause, int visible, Buffer source, @Nullable Buffer target) {
        chain.counters(cursor.slot).count(Decision.EXPIRE);
        // What has been waited for in vain is not waited for again.
        cursor.beforeRouting &= cause == HoldExpiry.FULL && source.room() > 0;
        if (!cursor.beforeRouting) {
            cursor.deadline = Cursor.NONE;
        }
        DataAction action = FilterCall.show(chain, direction, cursor, cause, source, visible, target,
                cause == HoldExpiry.END_OF_STREAM);
        if (action == null || !apply(cursor, action, visible)) {
            return false;
        }
        int left = visible - cursor.taken();
        if (action == DataAction.CONTINUE && left > 0 && !cursor.blocked) {
            chain.fail(cursor.slot, Callback.ON_HOLD_EXPIRED, new FilterContractException("it left " + left
                    + " bytes unforwarded at the end of its hold (" + cause + ") without detaching or rejecting"));
            return false;
        }
        return true;
    }

    /** All bytes have been shown to the first filter; there are no more. */
    private boolean finish(Cursor cursor, Buffer last) {
        Buffer source = stages.content(cursor.stage, last);
        Buffer target = stages.target(cursor, last);
        if (target != null && !cursor.pipe) {
            if (target == last && last.content() > held(last)) {
                // The last call gets as much room as there can be.
                cursor.blocked = true;
                return true;
            }
            DataAction action = FilterCall.show(chain, direction, cursor, null, source, cursor.unforwarded, target,
                    true);
            if (action == null || !apply(cursor, action, cursor.lent())) {
                return false;
            }
            if (cursor.blocked || suspension != null) {
                return true;
            }
        }
        if (!cursor.pipe && attached.indexOf(cursor) >= 0 && (cursor.unforwarded > 0 || cursor.beforeRouting)
                && !expire(cursor, HoldExpiry.END_OF_STREAM, cursor.unforwarded, source, target)) {
            return false;
        }
        if (attached.indexOf(cursor) < 0 || cursor.blocked || suspension != null) {
            return true;
        }
        if (cursor.pipe) {
            passOn(cursor, source, target, cursor.unforwarded);
        } else if (!FilterCall.end(chain, direction, cursor)) {
            return false;
        }
        if (attached.indexOf(cursor) >= 0 && cursor.unforwarded == 0) {
            progress = true;
            attached.remove(cursor);
        }
        return true;
    }

    /** @return false if the connection has to end */
    private boolean apply(Cursor cursor, DataAction action, int portion) {
        int taken = cursor.taken();
        if (cursor.transforms()) {
            attached.arrived(cursor.stage + 1, cursor.emitted());
            progress |= cursor.emitted() > 0;
        }
        switch (action) {
            case CONTINUE -> {
                moved(cursor, taken);
                cursor.shown = portion - taken;
                if (taken > 0 && !cursor.beforeRouting) {
                    cursor.deadline = Cursor.NONE;
                }
            }
            case DETACH -> {
                chain.counters(cursor.slot).count(Decision.DETACH);
                moved(cursor, taken);
                detach(cursor);
            }
            case SUSPEND -> {
                PendingSuspension created = chain.created();
                if (created == null) {
                    chain.fail(cursor.slot, Callback.ON_DATA, new FilterContractException(
                            "it returned SUSPEND without context.suspend(…) in the same callback"));
                    return false;
                }
                chain.counters(cursor.slot).count(Decision.SUSPEND);
                if (cursor.transforms()) {
                    moved(cursor, taken);
                    cursor.suspended = cursor.emitted();
                } else {
                    cursor.suspended = taken;
                }
                suspension = created;
                created.await(direction);
            }
            case REJECT -> {
                chain.counters(cursor.slot).count(Decision.REJECT);
                chain.end(cursor.slot, CloseReason.FILTER_REJECTED);
                moved(cursor, taken);
                rejected = cursor;
                return false;
            }
        }
        return true;
    }

    private void moved(Cursor cursor, int count) {
        progress |= count > 0;
        cursor.unforwarded -= count;
        stages.dropConsumed(cursor);
    }

    private void detach(Cursor cursor) {
        cursor.beforeRouting = false;
        cursor.deadline = Cursor.NONE;
        if (cursor.transforms()) {
            cursor.pipe = true;
        } else {
            attached.remove(cursor);
        }
    }

    /** Passes on what has reached a transforming filter that is gone. */
    private void passOn(Cursor pipe, Buffer source, @Nullable Buffer target, int visible) {
        if (target != null) {
            int count = Math.min(visible, target.room());
            target.append(source, source.content() - pipe.unforwarded, count);
            attached.arrived(pipe.stage + 1, count);
            moved(pipe, count);
            pipe.blocked = count < visible;
            if (attached.allPipes() && source.content() == 0 && attached.is(0, pipe)) {
                attached.remove(pipe);
            }
        }
    }

    /**
     * The answer that this direction waited for has come.
     *
     * @return as {@link #run}
     */
    public boolean resume(Buffer last) {
        PendingSuspension answered = suspension;
        if (answered == null || !answered.isDone()) {
            return true;
        }
        suspension = null;
        int i = 0;
        while (i < attached.size() && attached.get(i).slot.position() != answered.position()) {
            i++;
        }
        if (i == attached.size()) {
            return runFrom(0, last);
        }
        Cursor cursor = attached.get(i);
        if (!decided(cursor, answered.answer())) {
            return false;
        }
        if (!cursor.transforms()) {
            moved(cursor, cursor.suspended);
        }
        cursor.suspended = 0;
        cursor.shown = 0;
        cursor.need = 0;
        // The next filter first; then what this one has left is shown to it again.
        return runFrom(i + 1, last) && (suspension != null || runFrom(0, last));
    }

    private boolean decided(Cursor cursor, ConnectDecision decision) {
        switch (decision.kind()) {
            case ACCEPT -> chain.counters(cursor.slot).count(Decision.ACCEPT);
            case REJECT, DROP -> {
                boolean drop = decision.kind() == ConnectDecision.Kind.DROP;
                chain.explain(String.valueOf(decision.reason()));
                chain.counters(cursor.slot).count(drop ? Decision.DROP : Decision.REJECT);
                chain.end(cursor.slot, drop ? CloseReason.FILTER_DROPPED : CloseReason.FILTER_REJECTED);
                return false;
            }
            case ROUTE -> {
                if (chain.routed()) {
                    chain.fail(cursor.slot, Callback.SUSPENSION, new FilterContractException(
                            "it was answered with a route after the connection had been routed"));
                    return false;
                }
                return chain.routeTo(cursor.slot, String.valueOf(decision.cluster()));
            }
            case PENDING -> throw new IllegalStateException("a pending answer");
        }
        return true;
    }
}
