package dev.sluice.filters.faults;

import dev.sluice.api.fault.Fault;

/**
 * A fault of a running filter.
 *
 * @param name distinct among those of the filter
 * @param since the time at which it was added, of the environment's clock; {@link #ALWAYS} = it is configured
 */
record NamedFault(String name, Fault fault, long since) {
    /** {@link #since}: the fault is older than each connection. */
    static final long ALWAYS = Long.MIN_VALUE;

    /** Whether a connection is among those that are hit, whatever its cluster. */
    boolean hits(long connection) {
        return fault.toxicity() >= 1 || Draws.unit(Draws.of(fault.seed(), connection, 0)) < fault.toxicity();
    }

    /** The reason of an end, for the access log. */
    String reason(String what) {
        return "fault '" + name + "': " + what;
    }
}
