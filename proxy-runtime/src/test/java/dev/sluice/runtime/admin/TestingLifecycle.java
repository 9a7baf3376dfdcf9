package dev.sluice.runtime.admin;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts what it is ordered. */
final class TestingLifecycle implements Lifecycle {
    final AtomicInteger drains = new AtomicInteger();

    @Override
    public void drain() {
        drains.incrementAndGet();
    }
}
