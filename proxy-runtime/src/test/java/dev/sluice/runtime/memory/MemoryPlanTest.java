package dev.sluice.runtime.memory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

class MemoryPlanTest {
    private static final long MIB = 1L << 20;

    @ParameterizedTest
    @CsvSource(textBlock = """
            # available, pool, stash, pipes
            24000, 64, 32, 32
             1024, 64, 32, 32
             1023, 63, 31, 31
              512, 32, 16, 16
              128,  8,  4,  4
               16,  1,  1,  2
            """)
    void defaultsShrinkWithWhatThereIs(long available, long pool, long stash, long pipes) {
        MemoryPlan plan = new MemoryPlan(available * MIB, 0);
        assertEquals(pool * MIB, plan.pool(MIB / 2));
        assertEquals(stash * MIB, plan.stash(MIB));
        assertEquals(pipes * MIB, plan.pipes(2 * MIB));
    }

    @Test
    void aDefaultIsNeverLessThanWhatIsAllowedUnlessThatIsMoreThanTheUsual() {
        MemoryPlan plan = new MemoryPlan(128 * MIB, 0);
        assertEquals(16 * MIB, plan.pool(16 * MIB));
        assertEquals(64 * MIB, plan.pool(100 * MIB));
        assertEquals(40 * MIB, plan.pipes(40 * MIB));
    }

    /** The launcher gives a quarter to the heap. */
    @ParameterizedTest
    @CsvSource({"128", "256", "1024", "2048", "100000"})
    void defaultsFit(long available) {
        MemoryPlan plan = new MemoryPlan(available * MIB, Math.min(512, available / 4) * MIB);
        assertNull(plan.misfit(plan.pool(0), plan.stash(0), plan.pipes(0)));
    }

    @Test
    void whatDoesNotFitIsSaidWithTheSum() {
        MemoryPlan plan = new MemoryPlan(128 * MIB, 32 * MIB);
        assertNull(plan.misfit(16 * MIB, 8 * MIB, 8 * MIB));
        assertEquals(
                "pool 64MiB + stash 32MiB + pipes 32MiB + the heap's 32MiB + 64MiB for the JVM itself are 224MiB, and"
                        + " this machine or control group has 128MiB: under load the system may kill the process."
                        + " Lower these bounds or -Xmx, or give it more memory",
                plan.misfit(64 * MIB, 32 * MIB, 32 * MIB));
    }

    @Test
    void whatCannotBeFoundOutLimitsNothing() {
        assertNull(MemoryPlan.AMPLE.misfit(1L << 40, 1L << 40, 1L << 40));
        assertEquals(64 * MIB, MemoryPlan.AMPLE.pool(0));
    }
}
