package dev.sluice.api.fault;

import java.util.Map;

import dev.sluice.api.Incubating;

/**
 * Faults of a running filter. A {@link dev.sluice.api.FilterFactory} that also implements this has its faults shown and
 * changed by operators and embedding programs. Any thread.
 *
 * <p>A change acts on new and on open connections alike. Bytes that a fault held back go on in order when it is removed.
 */
@Incubating
public interface FaultControl {
    /**
     * Adds a fault, behind the others.
     *
     * @param fault {@link Fault#name} names it; without a name it gets that of its kind, with a number if need be
     * @return its name
     * @throws IllegalStateException if the name is taken, or there are as many faults as there may be
     */
    String add(Fault fault);

    /**
     * Removes a fault.
     *
     * @param name its name
     * @return false if there is none of that name
     */
    boolean remove(String name);

    /** {@return the faults by name, in the order in which they act} */
    Map<String, Fault> faults();
}
