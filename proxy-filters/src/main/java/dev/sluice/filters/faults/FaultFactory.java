package dev.sluice.filters.faults;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Counter;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.FaultControl;

/**
 * The faults of one filter: those of its configuration, and those that were added at run time, which outlive it.
 * Thread-safe.
 */
final class FaultFactory implements FilterFactory, FaultControl {
    final Counter resets;
    final Counter finishes;
    final Counter refusals;
    private final FilterEnvironment environment;
    /** The faults of the configuration that were not removed. Written by {@link #added}, under its lock. */
    private volatile NamedFault[] configured;
    private volatile AddedFaults added = new AddedFaults();
    /** All faults, configured ones first. Written as {@link #configured}. */
    private volatile NamedFault[] all;

    FaultFactory(FaultConfig config, FilterEnvironment environment) {
        this.environment = environment;
        this.resets = environment.counter("resets");
        this.finishes = environment.counter("finishes");
        this.refusals = environment.counter("refusals");
        List<NamedFault> named = new ArrayList<>();
        for (Fault each : config.faults()) {
            named.add(new NamedFault(name(each, named, config.faults()), each, NamedFault.ALWAYS));
        }
        this.configured = named.toArray(NamedFault[]::new);
        this.all = configured;
        added.join(this);
    }

    /** The name of a fault: its own, or that of its kind with a number that makes it distinct. */
    private static String name(Fault fault, List<NamedFault> before, List<Fault> others) {
        if (fault.name().isPresent()) {
            return fault.name().get();
        }
        String kind = fault.kind().label();
        String name = kind;
        for (int i = 2; isTaken(name, before, others); i++) {
            name = kind + "-" + i;
        }
        return name;
    }

    private static boolean isTaken(String name, List<NamedFault> before, List<Fault> others) {
        return before.stream().anyMatch(each -> each.name().equals(name))
                || others.stream().anyMatch(each -> each.name().filter(name::equals).isPresent());
    }

    @Override
    public FilterTraits traits() {
        return FilterTraits.transforms(Direction.CLIENT_TO_UPSTREAM, Direction.UPSTREAM_TO_CLIENT);
    }

    @Override
    public ConnectionFilter newFilter(ConnectionInfo connection) {
        return added.newFilter(this, connection);
    }

    @Override
    public String explain(ConnectionInfo client) {
        StringJoiner texts = new StringJoiner(", ", "injects ", "");
        texts.setEmptyValue("injects nothing now");
        for (NamedFault each : all) {
            texts.add(each.explain());
        }
        return texts.toString();
    }

    void ended(FaultFilter filter) {
        added.ended(filter);
    }

    /** All faults, in order; the same array until something changes. */
    NamedFault[] all() {
        return all;
    }

    /** The faults that were added have changed, or one of a name was removed. */
    void update(NamedFault[] atRunTime, String removed) {
        configured = Arrays.stream(configured).filter(each -> !each.name().equals(removed)).toArray(NamedFault[]::new);
        List<NamedFault> both = new ArrayList<>(List.of(configured));
        both.addAll(List.of(atRunTime));
        all = both.toArray(NamedFault[]::new);
    }

    @Override
    public String add(Fault fault) {
        return added.change(() -> {
            List<NamedFault> present = List.of(all);
            String name = name(fault, present, List.of());
            if (isTaken(name, present, List.of())) {
                throw new IllegalStateException("filter '" + environment.filter() + "' of listener "
                        + environment.listener() + " has a fault '" + name
                        + "' already: remove it first, or give this one another name");
            }
            if (present.size() >= FaultConfig.MOST) {
                throw new IllegalStateException("filter '" + environment.filter() + "' of listener "
                        + environment.listener() + " has " + present.size() + " faults, which is the most");
            }
            added.put(new NamedFault(name, fault, environment.nanoTime()));
            return name;
        });
    }

    @Override
    public boolean remove(String name) {
        return added.change(() -> added.remove(name));
    }

    @Override
    public Map<String, Fault> faults() {
        Map<String, Fault> faults = new LinkedHashMap<>();
        for (NamedFault each : all) {
            faults.put(each.name(), each.fault());
        }
        return faults;
    }

    /**
     * Shares the faults that were added at run time. Connections of the one before keep the faults of its configuration,
     * as they keep everything else, unless those are removed by name.
     */
    @Override
    public void inherit(FilterFactory previous) {
        if (previous instanceof FaultFactory before) {
            added.leave(this);
            added = before.added;
            added.join(this);
        }
    }

    @Override
    public void close() {
        added.leave(this);
    }
}
