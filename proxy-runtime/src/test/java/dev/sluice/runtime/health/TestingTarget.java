package dev.sluice.runtime.health;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.sluice.runtime.testing.Await;

/** A target that keeps what it gets. */
final class TestingTarget implements CheckTarget {
    private final List<String> verdicts = new CopyOnWriteArrayList<>();
    private final List<CheckResult> results = new CopyOnWriteArrayList<>();

    @Override
    public void passed() {
        verdicts.add("passed");
    }

    @Override
    public void failed(String reason) {
        verdicts.add("failed: " + reason);
    }

    @Override
    public void counted(CheckResult result, String reason, long nanos) {
        results.add(result);
    }

    /** {@code passed} and {@code failed: reason}, in order. */
    List<String> verdicts() {
        return verdicts;
    }

    /** The results in order. */
    List<CheckResult> results() {
        return results;
    }

    /** Waits for verdicts, which are all so far. */
    void await(String... expected) {
        Await.equal("verdicts", List.of(expected), () -> List.copyOf(verdicts));
    }

    /** Waits for a number of results. */
    void awaitResults(int number) {
        Await.value("results", results::size, size -> size >= number);
    }
}
