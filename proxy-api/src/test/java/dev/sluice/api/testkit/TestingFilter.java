package dev.sluice.api.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;

/**
 * A filter that does what a test says, and notes what it was shown. Its own factory: one instance for all connections.
 */
final class TestingFilter implements ConnectionFilter, FilterFactory {
    /** The action of a callback. */
    interface OnData {
        DataAction see(Direction direction, BorrowedBytes bytes, ConnectionContext context) throws Exception;
    }

    /** The action of an expiry. */
    interface OnHoldExpired {
        DataAction see(HoldExpiry cause, BorrowedBytes bytes, ConnectionContext context) throws Exception;
    }

    /**
     * A callback, with the length of what it was shown: {@code "data 5"}, {@code "FULL 16"},
     * {@code "close client-reset"}.
     */
    final List<String> calls = new ArrayList<>();
    private final FilterTraits traits;
    private Function<ConnectionContext, ConnectDecision> onConnect = context -> ConnectDecision.ACCEPT;
    private OnData onData = (direction, bytes, context) -> {
        bytes.forwardAll();
        return DataAction.CONTINUE;
    };
    private OnHoldExpired onHoldExpired = (cause, bytes, context) -> DataAction.REJECT;
    private Runnable onClose = () -> {};

    TestingFilter(FilterTraits traits) {
        this.traits = traits;
    }

    TestingFilter onConnect(Function<ConnectionContext, ConnectDecision> value) {
        onConnect = value;
        return this;
    }

    TestingFilter onData(OnData value) {
        onData = value;
        return this;
    }

    TestingFilter onHoldExpired(OnHoldExpired value) {
        onHoldExpired = value;
        return this;
    }

    TestingFilter onClose(Runnable value) {
        onClose = value;
        return this;
    }

    @Override
    public FilterTraits traits() {
        return traits;
    }

    @Override
    public ConnectionFilter newFilter(ConnectionInfo connection) {
        return traits.transforming() ? new Transforming() : this;
    }

    /** The same for traits that say so. */
    private final class Transforming implements TransformFilter {
        @Override
        public ConnectDecision onConnect(ConnectionContext context) {
            return TestingFilter.this.onConnect(context);
        }

        @Override
        public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
            return TestingFilter.this.onData(direction, bytes, context);
        }

        @Override
        public DataAction onHoldExpired(Direction direction, HoldExpiry cause, TransformBytes bytes,
                ConnectionContext context) {
            return TestingFilter.this.onHoldExpired(direction, cause, bytes, context);
        }

        @Override
        public void onEndOfStream(Direction direction, ConnectionContext context) {
            TestingFilter.this.onEndOfStream(direction, context);
        }

        @Override
        public void onClose(CloseReason reason, ConnectionInfo connection) {
            TestingFilter.this.onClose(reason, connection);
        }
    }

    @Override
    public ConnectDecision onConnect(ConnectionContext context) {
        calls.add("connect");
        return onConnect.apply(context);
    }

    @Override
    public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
        calls.add((bytes.endOfStream() ? "last " : "data ") + bytes.length());
        try {
            return onData.see(direction, bytes, context);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
            ConnectionContext context) {
        calls.add(cause + " " + bytes.length() + (bytes.endOfStream() ? " last" : ""));
        try {
            return onHoldExpired.see(cause, bytes, context);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void onEndOfStream(Direction direction, ConnectionContext context) {
        calls.add("end " + direction.label());
    }

    @Override
    public void onClose(CloseReason reason, ConnectionInfo connection) {
        calls.add("close " + reason.label());
        onClose.run();
    }
}
