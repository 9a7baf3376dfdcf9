package dev.sluice.filters.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.TransformBytes;
import dev.sluice.api.TransformFilter;
import dev.sluice.api.fault.CutPoint;
import dev.sluice.api.fault.Fault;
import org.jspecify.annotations.Nullable;

/** The faults of one connection. On its event loop, but for {@link #changed}. */
final class FaultFilter implements TransformFilter {
    /** The pause before a connection is looked at again that was not routed when its time had come. */
    private static final long NOT_ROUTED_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final NamedFault[] NONE = {};

    private final FaultFactory factory;
    private final ConnectionInfo connection;
    /** The number of the connection among those of the filter, from 0. */
    private final long number;
    private final FaultLine toUpstream = new FaultLine(Direction.CLIENT_TO_UPSTREAM);
    private final FaultLine toClient = new FaultLine(Direction.UPSTREAM_TO_CLIENT);
    /** The faults of the filter, the cluster and the endpoint by which the effects were chosen. */
    private NamedFault[] faults = NONE;
    private @Nullable String cluster;
    private @Nullable String endpoint;
    private long began;
    private volatile @Nullable Runnable waker;

    FaultFilter(FaultFactory factory, ConnectionInfo connection, long number) {
        this.factory = factory;
        this.connection = connection;
        this.number = number;
    }

    /** The faults of the filter have changed. Any thread. */
    void changed() {
        Runnable known = waker;
        if (known != null) {
            known.run();
        }
    }

    @Override
    public ConnectDecision onConnect(ConnectionContext context) {
        began = context.nanoTime();
        // First the waker: what is added later wakes this, what was added before is seen here.
        waker = context.waker();
        choose();
        for (NamedFault each : faults) {
            if (each.fault().refuse().isPresent() && each.hits(number)) {
                factory.refusals.increment();
                context.explain(each.reason("refused"));
                return ConnectDecision.REJECT;
            }
        }
        return resetIfDue(context);
    }

    @Override
    public DataAction onData(Direction direction, TransformBytes bytes, ConnectionContext context) {
        choose();
        return line(direction).run(bytes, context, factory);
    }

    @Override
    public ConnectDecision onWake(ConnectionContext context) {
        choose();
        return resetIfDue(context);
    }

    @Override
    public void onClose(CloseReason reason, ConnectionInfo info) {
        factory.ended(this);
    }

    private FaultLine line(Direction direction) {
        return direction == Direction.CLIENT_TO_UPSTREAM ? toUpstream : toClient;
    }

    /** Chooses the effects, if something has changed that they depend on. */
    @SuppressWarnings("ReferenceEquality") // the very array
    private void choose() {
        NamedFault[] current = factory.all();
        String routedTo = connection.cluster();
        String chosen = connection.endpoint();
        if (current == faults && Objects.equals(routedTo, cluster) && Objects.equals(chosen, endpoint)) {
            return;
        }
        faults = current;
        cluster = routedTo;
        endpoint = chosen;
        for (Direction direction : Direction.values()) {
            FaultLine line = line(direction);
            List<Effect> effects = new ArrayList<>();
            for (NamedFault each : current) {
                Effect effect = isAtWork(each) && each.fault().direction().contains(direction)
                        ? effect(line, each, direction)
                        : null;
                if (effect != null) {
                    effects.add(effect);
                }
            }
            line.effects(effects.toArray(Effect[]::new));
        }
    }

    private @Nullable Effect effect(FaultLine line, NamedFault fault, Direction direction) {
        Effect known = line.effectOf(fault);
        return known == null ? Effect.of(fault, direction, number) : known;
    }

    private boolean isAtWork(NamedFault fault) {
        return isSelected(fault.fault().cluster().orElse(null), cluster)
                && isSelected(fault.fault().endpoint().orElse(null), endpoint) && fault.hits(number);
    }

    private static boolean isSelected(@Nullable String wanted, @Nullable String actual) {
        return wanted == null || wanted.equals(actual);
    }

    /** Resets the connection if a fault says so by now; otherwise asks to be woken when one does. */
    private ConnectDecision resetIfDue(ConnectionContext context) {
        long now = context.nanoTime();
        long next = Long.MAX_VALUE;
        for (NamedFault each : faults) {
            long due = resetAt(each);
            if (due <= now && isAtWork(each)) {
                factory.resets.increment();
                context.explain(each.reason("reset after its time"));
                return ConnectDecision.REJECT;
            }
            boolean pending = due > now || cluster == null;
            next = pending ? Math.min(next, due > now ? due : now + NOT_ROUTED_NANOS) : next;
        }
        context.wakeAt(next);
        return ConnectDecision.ACCEPT;
    }

    private long resetAt(NamedFault named) {
        Fault fault = named.fault();
        CutPoint point = fault.resetAfter().orElse(null);
        long after = fault.blackHole().flatMap(hole -> hole.thenReset()).map(time -> time.toNanos())
                .orElse(point == null || point.time() == null ? Long.MAX_VALUE : point.time().toNanos());
        return after == Long.MAX_VALUE ? after : Math.max(began, named.since()) + after;
    }
}
