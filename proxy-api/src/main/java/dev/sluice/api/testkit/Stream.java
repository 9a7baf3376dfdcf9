package dev.sluice.api.testkit;

import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.HoldExpiry;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection with one filter.
 *
 * <pre>
 *   | shown and held | not shown yet | not read yet |
 *   |------------- held -------------|--- unread ---|
 * </pre>
 *
 * Bytes are not read while a suspension lasts, a gate is closed or, from the endpoint, before it was dialled. What was
 * read is shown in portions of at most {@code maxHeldBytes}.
 */
final class Stream {
    /** The most calls in a row that may emit without consuming a byte; one more, and the filter would emit for ever. */
    private static final int CALLS_WITHOUT_PROGRESS = 1_000;

    final Chain connection;
    final Direction direction;
    /** All bytes that have come out. */
    final ByteLog output = new ByteLog();
    /** The output of a transforming callback. */
    final ByteLog staged = new ByteLog();
    @Nullable
    Wait wait;

    private final Input input = new Input();
    /** The number of held bytes, from the first on, that the filter has seen and left. */
    private int shown;
    private int need;
    /**
     * True if held bytes are to be shown although none are new: after a suspension, and when there is room to emit
     * again.
     */
    private boolean again;
    private int idleCalls;
    /** The bytes lent to a suspended callback: counted when the suspension ends. */
    private @Nullable Window suspended;

    private boolean attached;
    private boolean fin;
    private boolean lastShown;
    private boolean askedAtEnd;
    /** True after the filter had its last chance to keep routing waiting. */
    private boolean overdue;
    private boolean ended;

    private final HoldTimes times = new HoldTimes();
    private boolean gateClosed;
    private long gateRetryAt;

    Stream(Chain connection, Direction direction) {
        this.connection = connection;
        this.direction = direction;
    }

    void reset(boolean sees) {
        discard();
        output.clear();
        attached = sees;
        fin = false;
        lastShown = false;
        askedAtEnd = false;
        overdue = false;
        ended = false;
        times.reset();
        gateClosed = false;
        wait = null;
    }

    /** Discards all bytes that were not forwarded. */
    void discard() {
        input.clear();
        shown = 0;
        need = 0;
        again = false;
        idleCalls = 0;
        suspended = null;
        staged.clear();
        times.release();
    }

    boolean attached() {
        return attached;
    }

    boolean ended() {
        return ended;
    }

    /** Whether the receiver has got FIN, and the sender has sent it. */
    boolean closed() {
        return ended && fin;
    }

    int held() {
        return input.held();
    }

    int unread() {
        return input.unread();
    }

    void feed(byte[] bytes, int offset, int count) {
        if (fin) {
            throw new IllegalStateException("bytes behind the FIN of " + direction.label());
        }
        if (ended) {
            return;
        }
        input.append(bytes, offset, count);
    }

    void feedFin() {
        if (fin) {
            throw new IllegalStateException("a second FIN of " + direction.label());
        }
        fin = true;
        if (ended) {
            connection.ended(direction);
        }
    }

    // ── consequences of events ────────────────────────────────────────────────────────────────────────────────────────────────────────

    private boolean stopped() {
        return !connection.isOpen() || wait != null || connection.stops(direction);
    }

    /** Does what can be done now. */
    void pump() {
        while (!stopped()) {
            if (showable()) {
                show(lastShown || askedAtEnd);
            } else if (!readMore()) {
                break;
            }
        }
        if (!stopped() && fin && !ended && input.unread() == 0) {
            endOfStream();
        }
        input.rewind();
    }

    private int window() {
        int max = connection.traits.maxHeldBytes();
        int window = max == 0 ? input.held() : Math.min(input.held(), max);
        return connection.traits.transforming() ? Math.min(window, connection.settings.readBuffer()) : window;
    }

    private boolean showable() {
        int window = window();
        return attached && window > 0 && window >= need && (again || window > shown);
    }

    private boolean readMore() {
        int count = Math.min(input.unread(), connection.settings.readBuffer());
        if (count == 0) {
            return false;
        }
        if (gateClosed && gateRetryAt - connection.now() > 0) {
            return false;
        }
        count = Math.min(count, connection.calls().permits(this, connection.settings.readBuffer()));
        if (count == 0) {
            return false;
        }
        input.read(count);
        times.read(connection.now());
        if (!connection.calls().consumed(direction, count)) {
            return false;
        }
        if (attached) {
            updateHold(false);
        } else {
            passAll();
        }
        return true;
    }

    void gate(boolean closed, long retryAt) {
        gateClosed = closed;
        gateRetryAt = retryAt;
    }

    private void passAll() {
        input.pass(input.held(), output);
        shown = 0;
        need = 0;
        again = false;
        times.release();
    }

    private Window lend(String callback, boolean endOfStream, int length) {
        staged.clear();
        return input.lend(this, callback, length, endOfStream);
    }

    private void show(boolean endOfStream) {
        int length = window();
        Window window = lend("onData", endOfStream, length);
        again = false;
        DataAction action = connection.calls().onData(direction, window);
        if (action == null || settle(action, window, length, "onData")) {
            return;
        }
        int left = length - window.consumed;
        int max = connection.traits.maxHeldBytes();
        if (wantedRoom(window, left)) {
            idleCalls = window.consumed > 0 ? 0 : idleCalls + 1;
            if (idleCalls > CALLS_WITHOUT_PROGRESS) {
                connection.breach(idleCalls + " calls of onData in a row emitted bytes and consumed none");
            }
        } else if (left > 0 && max == 0) {
            connection.breach("onData left " + left + " of " + length + " bytes (" + direction.label()
                    + ") unforwarded, but its traits say maxHeldBytes 0");
        } else if ((left > 0 && left == max) || need > max) {
            expire(HoldExpiry.FULL);
        }
    }

    /** {@return whether bytes may have been left for lack of room; there is room again, so they are shown again} */
    private boolean wantedRoom(Window window, int left) {
        again = left > 0 && connection.traits.transforming() && window.emitted() > 0;
        return again;
    }

    /** Carries out the result of a callback; true if the callback needs nothing further. */
    private boolean settle(DataAction action, Window window, int length, String callback) {
        need = connection.traits.maxHeldBytes() == 0 ? 0 : window.need;
        shown = length - window.consumed;
        String breach = connection.calls().breach(action, callback);
        if (breach != null) {
            connection.breach(breach);
            return true;
        }
        if (action == DataAction.SUSPEND) {
            wait = connection.calls().created;
            connection.calls().created = null;
            suspended = window;
            return true;
        }
        commit(window);
        if (connection.calls().finishing && action != DataAction.REJECT) {
            attached = false;
            discard();
            ended = true;
            connection.ended(direction);
            return true;
        }
        switch (action) {
            case DETACH -> detach();
            case REJECT -> connection.rejected();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void commit(Window window) {
        if (connection.traits.transforming()) {
            output.append(staged);
            staged.clear();
            input.skip(window.consumed);
        } else {
            input.pass(window.consumed, output);
        }
        updateHold(window.consumed > 0);
    }

    private void updateHold(boolean progress) {
        times.update(input.held() > 0, progress, connection.now());
    }

    private void detach() {
        attached = false;
        passAll();
        connection.waitedEnough(direction);
    }

    private void expire(HoldExpiry cause) {
        overdue = cause != HoldExpiry.FULL;
        int length = window();
        Window window = lend("onHoldExpired", cause == HoldExpiry.END_OF_STREAM, length);
        DataAction action = connection.calls().onHoldExpired(direction, cause, window);
        if (action == null || settle(action, window, length, "onHoldExpired")) {
            return;
        }
        if (shown > 0 && !wantedRoom(window, shown)) {
            connection.breach("onHoldExpired(" + cause + ") returned CONTINUE and left " + shown + " of " + length
                    + " bytes (" + direction.label() + ") unforwarded; forward them, DETACH or REJECT");
        } else if (need > connection.traits.maxHeldBytes()) {
            connection.breach("onHoldExpired(" + cause + ") asked for " + need
                    + " bytes, but its traits say maxHeldBytes " + connection.traits.maxHeldBytes());
        } else if (overdue) {
            connection.waitedEnough(direction);
        }
    }

    private void endOfStream() {
        if (connection.traits.transforming()) {
            while (attached && (!lastShown || again)) {
                lastShown = true;
                show(true);
                if (stopped()) {
                    return;
                }
            }
        }
        if (attached && (input.held() > 0 || (connection.awaits(direction) && !askedAtEnd))) {
            askedAtEnd = true;
            expire(HoldExpiry.END_OF_STREAM);
            if (stopped()) {
                return;
            }
        }
        ended = true;
        if (attached && !connection.calls().onEndOfStream(direction)) {
            return;
        }
        connection.ended(direction);
    }

    /** The suspension has ended well: what its callback forwarded passes, what it left is shown again. */
    void resume() {
        wait = null;
        Window window = suspended;
        suspended = null;
        if (window != null) {
            commit(window);
            need = 0;
            again = input.held() > 0;
            // A filter that has held back FIN is called once more.
            lastShown &= !window.last();
        }
        if (overdue) {
            connection.waitedEnough(direction);
        }
    }

    // ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Nanoseconds until something happens by itself; {@link Long#MAX_VALUE} = never. Not positive: now. */
    long remaining(long now) {
        if (wait != null) {
            return wait.timeoutAt - now;
        }
        if (connection.stops(direction)) {
            return Long.MAX_VALUE;
        }
        long hold = holdRemaining(now);
        return gateClosed && input.unread() > 0 ? Math.min(hold, gateRetryAt - now) : hold;
    }

    private long holdRemaining(long now) {
        if (!attached || ended) {
            return Long.MAX_VALUE;
        }
        if (connection.awaits(direction)) {
            return connection.deadlineOfRouting(times.begun(), times.begunAt()) - now;
        }
        return times.remaining(connection.holdNanos, now);
    }

    /** Acts on a deadline that has passed. */
    void expireIfDue() {
        if (!stopped() && holdRemaining(connection.now()) <= 0) {
            boolean silent = connection.awaits(direction) && !times.begun()
                    && connection.traits.silenceDeadline() != null;
            expire(silent ? HoldExpiry.SILENCE : HoldExpiry.DEADLINE);
        }
    }
}
