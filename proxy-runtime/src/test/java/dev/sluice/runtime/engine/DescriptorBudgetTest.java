package dev.sluice.runtime.engine;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class DescriptorBudgetTest {
    private static final long BIG_HEAP = 1L << 40;

    @Test
    void givesWhatIsWantedIfItSuffices() {
        assertEquals(450, new DescriptorBudget(1000, 100, 450, BIG_HEAP).maxConnections());
    }

    @Test
    void givesWhatDescriptorsAndHeapAllowIfNothingIsWanted() {
        assertEquals(450, new DescriptorBudget(1000, 100, 0, BIG_HEAP).maxConnections());
        assertEquals(100, new DescriptorBudget(1000, 100, 0, 280_000).maxConnections());
        assertEquals(1, new DescriptorBudget(1000, 100, 0, 1).maxConnections());
        assertEquals(65_536, new DescriptorBudget(DescriptorBudget.UNKNOWN, 0, 0, BIG_HEAP).maxConnections());
    }

    @Test
    void refusesMoreThanFitAndNamesTheLimitThatWouldDo() {
        assertEquals(
                "451 connections need 1002 file descriptors, but this process may open 1000."
                        + " Raise the limit to at least 1002 (ulimit -n 1002), or set limits.maxConnections to at most 450.",
                refusal(new DescriptorBudget(1000, 100, 451, BIG_HEAP)));
        assertEquals(451, new DescriptorBudget(1002, 100, 451, BIG_HEAP).maxConnections(), "the advice is right");
    }

    @Test
    void whereNotOneFitsItDoesNotAdviseToSetNone() {
        String message = "this proxy needs 300 file descriptors for itself and 2 for each connection, but this process"
                + " may open 256. Raise the limit to at least %s (ulimit -n %<s).";
        assertEquals(message.formatted(302), refusal(new DescriptorBudget(256, 300, 0, BIG_HEAP)));
        assertEquals(message.formatted(500), refusal(new DescriptorBudget(256, 300, 100, BIG_HEAP)));
        assertEquals(1, new DescriptorBudget(302, 300, 0, BIG_HEAP).maxConnections(), "the advice is right");
    }

    private static String refusal(DescriptorBudget budget) {
        return String.valueOf(budget.refusal());
    }
}
