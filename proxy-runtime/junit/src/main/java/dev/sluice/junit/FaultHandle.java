package dev.sluice.junit;

import java.util.List;

import dev.sluice.runtime.InjectedFault;

/** A fault, or several, that {@link Sluice} has injected. Ends when it is closed, at the latest with the test. Any thread. */
public final class FaultHandle implements AutoCloseable {
    private final List<InjectedFault> faults;

    FaultHandle(List<InjectedFault> faults) {
        this.faults = List.copyOf(faults);
    }

    /** {@return the faults, in the order in which they act} */
    public List<InjectedFault> faults() {
        return faults;
    }

    /** Ends it: open connections go on with what it held back. Changes nothing if it has ended already. */
    @Override
    public void close() {
        faults.forEach(InjectedFault::close);
    }

    @Override
    public String toString() {
        return faults.toString();
    }
}
