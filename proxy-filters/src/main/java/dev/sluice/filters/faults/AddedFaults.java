package dev.sluice.filters.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;

/**
 * The faults that were added at run time, and the connections that they act on: shared by the factories of a filter over
 * reloads. Thread-safe; event loops take no lock.
 */
final class AddedFaults {
    private static final NamedFault[] NONE = {};

    /** Held while faults change. */
    private final ReentrantLock lock = new ReentrantLock();
    private final List<FaultFactory> factories = new ArrayList<>();
    private final List<NamedFault> faults = new ArrayList<>();
    private final Set<FaultFilter> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong connections = new AtomicLong();

    void join(FaultFactory factory) {
        change(() -> {
            factories.add(factory);
            factory.update(faults.toArray(NONE), "");
            return true;
        });
    }

    void leave(FaultFactory factory) {
        lock.lock();
        try {
            factories.remove(factory);
        } finally {
            lock.unlock();
        }
    }

    ConnectionFilter newFilter(FaultFactory factory, ConnectionInfo connection) {
        FaultFilter filter = new FaultFilter(factory, connection, connections.getAndIncrement());
        open.add(filter);
        return filter;
    }

    void ended(FaultFilter filter) {
        open.remove(filter);
    }

    /** Changes the faults, and has the connections look at them. */
    <T> T change(Supplier<T> change) {
        T result;
        lock.lock();
        try {
            result = change.get();
        } finally {
            lock.unlock();
        }
        open.forEach(FaultFilter::changed);
        return result;
    }

    /** Adds a fault. In a change. */
    void put(NamedFault fault) {
        faults.add(fault);
        factories.forEach(each -> each.update(faults.toArray(NONE), ""));
    }

    /** Removes a fault, also from what is configured. In a change. @return false if there is none of that name */
    boolean remove(String name) {
        boolean any = faults.removeIf(each -> each.name().equals(name));
        for (FaultFactory each : factories) {
            any |= each.faults().containsKey(name);
            each.update(faults.toArray(NONE), name);
        }
        return any;
    }
}
