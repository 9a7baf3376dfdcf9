package dev.sluice.examples.benchmarks.parts;

import java.io.IOException;

import dev.sluice.api.ConnectDecision;
import dev.sluice.runtime.transport.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The parts that JMH measures, each run once. */
class PartsTest {
    @Test
    void tasksRunOnTheLoop() throws TransportException {
        LoopBenchmark benchmark = new LoopBenchmark();
        benchmark.setUp();
        try {
            assertEquals(1, benchmark.wakeUp());
            assertEquals(65, benchmark.mailbox());
        } finally {
            benchmark.tearDown();
        }
    }

    @Test
    void timersFireWhenTheirTimeHasCome() {
        TimerBenchmark benchmark = new TimerBenchmark();
        benchmark.setUp();
        assertTrue(benchmark.rearm() > 0, "the next deadline is ahead");
        long fired = 0;
        // 1000 timers within an hour: of 4000 turns of 8 ms, some find one.
        for (int i = 0; i < 4000; i++) {
            fired = benchmark.advance();
        }
        assertTrue(fired > 0, "timers that fired");
    }

    @Test
    void buffersComeAndGo() throws TransportException {
        PoolBenchmark benchmark = new PoolBenchmark();
        benchmark.setUp();
        try {
            // More often than the pool has buffers.
            for (int i = 0; i < 2000; i++) {
                assertEquals(64 << 10, benchmark.borrowAndGiveBack());
                assertEquals(512, benchmark.borrowAndStash());
            }
        } finally {
            benchmark.tearDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void chunksPassAllFilters(int filters) throws TransportException {
        ChainBenchmark benchmark = new ChainBenchmark();
        benchmark.filters = filters;
        benchmark.setUp();
        try {
            for (int i = 0; i < 2000; i++) {
                assertEquals(16 << 10, benchmark.chunk());
            }
        } finally {
            benchmark.tearDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void listAllowsAndDenies(int ipVersion) throws IOException, TransportException {
        AclBenchmark benchmark = new AclBenchmark();
        benchmark.rules = 1000;
        benchmark.ipVersion = ipVersion;
        benchmark.setUp();
        try {
            int accepted = 0;
            for (int i = 0; i < 1000; i++) {
                accepted += benchmark.decide() == ConnectDecision.ACCEPT ? 1 : 0;
            }
            assertTrue(accepted > 0 && accepted < 1000, "accepted: " + accepted);
        } finally {
            benchmark.tearDown();
        }
    }
}
