package dev.sluice.runtime.chain;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.HoldExpiry;
import dev.sluice.api.ReadGate;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;
import dev.sluice.runtime.chain.ToyFilters.Toy;

/** Filters of both directions, a toy for each, behind a gate that the test opens by the byte. Makes one for each connection, and knows all. */
final class DuplexFilters implements FilterFactory {
    private static final Direction UP = Direction.CLIENT_TO_UPSTREAM;
    private static final Direction DOWN = Direction.UPSTREAM_TO_CLIENT;

    private final Toy up;
    private final Toy down;
    private final FilterTraits traits;
    private final List<Gate> made = new ArrayList<>();

    private DuplexFilters(Toy up, Toy down) {
        this.up = up;
        this.down = down;
        FilterTraits of = up.factory().traits();
        FilterTraits both = of.transforming() ? FilterTraits.transforms(UP, DOWN) : FilterTraits.inspects(UP, DOWN);
        this.traits = of.maxHeldBytes() == 0 ? both : both.holds(of.maxHeldBytes(), of.holdDeadline());
    }

    /** Two toys that declare the same. */
    static DuplexFilters random(Random random) {
        int size = 2 + random.nextInt(30);
        return switch (random.nextInt(6)) {
            case 0 -> new DuplexFilters(ToyFilters.passes(), ToyFilters.detachesAfter(random.nextInt(100)));
            case 1 -> new DuplexFilters(ToyFilters.blocks(size), ToyFilters.blocks(size));
            case 2 -> new DuplexFilters(ToyFilters.suspendsEvery(size), ToyFilters.suspendsEvery(2 * size));
            case 3 -> new DuplexFilters(ToyFilters.drops((byte) random.nextInt(4)), ToyFilters.appends());
            case 4 -> new DuplexFilters(ToyFilters.repeats(1 + random.nextInt(4)), ToyFilters.repeats(2));
            default -> new DuplexFilters(ToyFilters.reversesLines(size), ToyFilters.reversesLines(size));
        };
    }

    /** Opens the gates of a direction, of all connections, for so many bytes more. */
    void permit(Direction direction, int bytes) {
        made.forEach(gate -> gate.permitted.merge(direction, bytes, Integer::sum));
    }

    @Override
    public FilterTraits traits() {
        return traits;
    }

    @Override
    public ConnectionFilter newFilter(ConnectionInfo connection) {
        Gate gate = traits.transforming()
                ? new TransformingGate(up.factory().newFilter(connection), down.factory().newFilter(connection))
                : new Gate(up.factory().newFilter(connection), down.factory().newFilter(connection));
        made.add(gate);
        return gate;
    }

    @Override
    public String toString() {
        return up.name() + " and " + down.name();
    }

    private static class Gate implements ConnectionFilter, ReadGate {
        private final ConnectionFilter toUpstream;
        private final ConnectionFilter toClient;
        private final Map<Direction, Integer> permitted = new EnumMap<>(Direction.class);

        Gate(ConnectionFilter toUpstream, ConnectionFilter toClient) {
            this.toUpstream = toUpstream;
            this.toClient = toClient;
        }

        ConnectionFilter of(Direction direction) {
            return direction == UP ? toUpstream : toClient;
        }

        @Override
        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
            return of(direction).onData(direction, bytes, context);
        }

        @Override
        public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                ConnectionContext context) {
            return of(direction).onHoldExpired(direction, cause, bytes, context);
        }

        @Override
        public int permits(Direction direction, int wanted, long nowNanos) {
            return Math.min(wanted, permitted.getOrDefault(direction, 0));
        }

        @Override
        public long retryAtNanos(Direction direction, long nowNanos) {
            return nowNanos;
        }

        @Override
        public void consumed(Direction direction, int bytes, long nowNanos) {
            if (permitted.merge(direction, -bytes, Integer::sum) < 0) {
                throw new IllegalStateException("more was read than permitted");
            }
        }
    }

    private static final class TransformingGate extends Gate implements TransformFilter {
        TransformingGate(ConnectionFilter toUpstream, ConnectionFilter toClient) {
            super(toUpstream, toClient);
        }

        @Override
        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
            return of(direction).onData(direction, bytes, context);
        }

        @Override
        public DataAction onHoldExpired(Direction direction, HoldExpiry cause, BorrowedBytes bytes,
                ConnectionContext context) {
            return of(direction).onHoldExpired(direction, cause, bytes, context);
        }

        @Override
        public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
            throw new AssertionError("called with BorrowedBytes");
        }
    }
}
