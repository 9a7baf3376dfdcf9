package dev.sluice.filters.faults;

import dev.sluice.api.fault.Fault;
import dev.sluice.api.fault.FaultKind;

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

    /** The fault for people: kind, stream, and the connections that are hit. */
    String explain() {
        FaultKind kind = fault.kind();
        String text = kind.label() + (kind == FaultKind.REFUSE ? "" : " " + fault.direction().label())
                + (fault.toxicity() >= 1 ? "" : " into a share of " + fault.toxicity())
                + fault.cluster().map(only -> " of cluster " + only).orElse("")
                + fault.endpoint().map(only -> " of endpoint " + only).orElse("");
        return name.equals(kind.label()) ? text : "'" + name + "' (" + text + ")";
    }

    /** The reason of an end, for the access log. */
    String reason(String what) {
        return "fault '" + name + "': " + what;
    }
}
