package dev.sluice.runtime.admin;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts what it is ordered. */
final class TestingCommands implements AdminCommands {
    final AtomicInteger drains = new AtomicInteger();

    @Override
    public void drain() {
        drains.incrementAndGet();
    }
}
