package dev.sluice.api.testkit;

import java.util.Objects;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.HoldExpiry;
import dev.sluice.api.ReadGate;
import dev.sluice.api.TransformFilter;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection's filter. An exception from the filter ends the connection; the result is then null, 0 or
 * false.
 */
final class Calls {
    /** The method of a filter that is running. */
    enum Callback {
        NEW_FILTER,
        ON_CONNECT,
        ON_DATA,
        ON_HOLD_EXPIRED,
        ON_END_OF_STREAM,
        ON_WAKE,
        ON_CLOSE,
        GATE;

        /** {@return whether the filter may use the context} */
        boolean hasContext() {
            return switch (this) {
                case ON_CONNECT, ON_DATA, ON_HOLD_EXPIRED, ON_END_OF_STREAM, ON_WAKE -> true;
                case NEW_FILTER, ON_CLOSE, GATE -> false;
            };
        }
    }

    /** The time, in nanoseconds, after which a closed gate is asked again that names no later time. */
    private static final long SOON = 1_000_000;

    private final Chain chain;
    private final EventContext context;
    private @Nullable ConnectionFilter filter;
    private @Nullable ReadGate gate;
    private @Nullable Callback running;
    /** The suspension that the running callback has created, and that it has to return. */
    @Nullable
    Wait created;
    /** Whether the last callback has called finish. */
    boolean finishing;
    /** The stream whose bytes the running callback shows; null = none. */
    private @Nullable Direction shown;

    Calls(Chain chain, EventContext context) {
        this.chain = chain;
        this.context = context;
    }

    @Nullable
    Callback running() {
        return running;
    }

    @Nullable
    ReadGate gate() {
        return gate;
    }

    /** Whether the running callback shows bytes of a stream. */
    boolean shows(Direction direction) {
        return shown == direction;
    }

    private ConnectionFilter enter(Callback callback) {
        running = callback;
        finishing = false;
        chain.offered = null;
        return Objects.requireNonNull(filter);
    }

    private <T> T required(@Nullable T answer, String callback) {
        if (answer == null) {
            throw new IllegalStateException(chain.filterName() + ": " + callback + " returned null");
        }
        return answer;
    }

    boolean newFilter(FilterFactory factory) {
        try {
            running = Callback.NEW_FILTER;
            ConnectionFilter made = required(factory.newFilter(context), "newFilter");
            filter = made;
            if (made instanceof TransformFilter != chain.traits.transforming()) {
                throw new IllegalStateException(chain.filterName() + (chain.traits.transforming()
                        ? " is no TransformFilter, but its traits say transforms(…)"
                        : " is a TransformFilter, but its traits do not say transforms(…)"));
            }
            gate = made instanceof ReadGate readGate ? readGate : null;
            return true;
        } catch (Throwable t) {
            chain.fail(t);
            return false;
        } finally {
            running = null;
        }
    }

    @Nullable
    ConnectDecision onConnect() {
        try {
            return required(enter(Callback.ON_CONNECT).onConnect(context), "onConnect");
        } catch (Throwable t) {
            chain.fail(t);
            return null;
        } finally {
            running = null;
        }
    }

    @Nullable
    DataAction onData(Direction direction, Window window) {
        try {
            shown = direction;
            return required(enter(Callback.ON_DATA).onData(direction, window, context), "onData");
        } catch (Throwable t) {
            window.revoke();
            chain.fail(t);
            return null;
        } finally {
            window.revoke();
            running = null;
            shown = null;
        }
    }

    @Nullable
    DataAction onHoldExpired(Direction direction, HoldExpiry cause, Window window) {
        try {
            shown = direction;
            return required(enter(Callback.ON_HOLD_EXPIRED).onHoldExpired(direction, cause, window, context),
                    "onHoldExpired");
        } catch (Throwable t) {
            window.revoke();
            chain.fail(t);
            return null;
        } finally {
            window.revoke();
            running = null;
            shown = null;
        }
    }

    /** The rule that a callback has broken by what it has called and returned; null = none. */
    @Nullable
    String breach(DataAction action, String callback) {
        boolean suspends = action == DataAction.SUSPEND;
        if (suspends && created == null) {
            return callback + " returned SUSPEND without context.suspend(…)";
        }
        if (!suspends && created != null) {
            return callback + " called context.suspend(…) and returned " + action;
        }
        return suspends && finishing ? callback + " called context.finish(…) and returned SUSPEND" : null;
    }

    boolean onEndOfStream(Direction direction) {
        try {
            enter(Callback.ON_END_OF_STREAM).onEndOfStream(direction, context);
            if (created != null) {
                throw new IllegalStateException(
                        chain.filterName() + ": onEndOfStream called context.suspend(…), but nothing can wait there");
            }
            return true;
        } catch (Throwable t) {
            chain.fail(t);
            return false;
        } finally {
            running = null;
        }
    }

    @Nullable
    ConnectDecision onWake() {
        try {
            ConnectDecision decision = required(enter(Callback.ON_WAKE).onWake(context), "onWake");
            if (created != null || decision == ConnectDecision.SUSPEND || decision == ConnectDecision.TARPIT) {
                throw new IllegalStateException(
                        chain.filterName() + ": onWake can only return ACCEPT or REJECT, and cannot suspend");
            }
            return decision;
        } catch (Throwable t) {
            chain.fail(t);
            return null;
        } finally {
            running = null;
        }
    }

    /** The last call. Null, or what it threw. */
    @Nullable
    Throwable onClose(CloseReason reason) {
        if (filter == null) {
            return null;
        }
        try {
            enter(Callback.ON_CLOSE).onClose(reason, context);
            return null;
        } catch (Throwable t) {
            return t;
        } finally {
            running = null;
        }
    }

    /**
     * {@return the number of bytes that the gate lets pass now; 0 = it is closed until a time that the stream has been
     * given}
     */
    int permits(Stream stream, int wanted) {
        ReadGate asked = gate;
        if (asked == null) {
            return wanted;
        }
        long now = chain.now();
        try {
            running = Callback.GATE;
            int count = asked.permits(stream.direction, wanted, now);
            if (count < 0) {
                throw new IllegalStateException(chain.filterName() + ": permits returned " + count);
            }
            long retryAt = count > 0 ? now : asked.retryAtNanos(stream.direction, now);
            stream.gate(count == 0, retryAt - now > 0 ? retryAt : now + SOON);
            return count;
        } catch (Throwable t) {
            chain.fail(t);
            return 0;
        } finally {
            running = null;
        }
    }

    boolean consumed(Direction direction, int count) {
        ReadGate told = gate;
        if (told == null) {
            return true;
        }
        try {
            running = Callback.GATE;
            told.consumed(direction, count, chain.now());
            return true;
        } catch (Throwable t) {
            chain.fail(t);
            return false;
        } finally {
            running = null;
        }
    }
}
