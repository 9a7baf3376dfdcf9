package dev.sluice.filters.faults;

import java.util.List;

import dev.sluice.api.FilterFactory;
import dev.sluice.api.fault.Fault;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingEnvironment;

/** A filter with faults, whose clock stands still unless it is moved, and connections of it. */
final class TestingFaults implements AutoCloseable {
    final TestingEnvironment environment = new TestingEnvironment();
    private final FaultFactory factory;

    TestingFaults(Fault... faults) {
        factory = new FaultFactory(new FaultConfig(List.of(faults)), environment);
    }

    FaultFactory factory() {
        return factory;
    }

    TestingConnection connect() {
        return connect(factory);
    }

    TestingConnection connect(FilterFactory of) {
        return TestingConnection.of(of).environment(environment).connect();
    }

    @Override
    public void close() {
        factory.close();
    }
}
