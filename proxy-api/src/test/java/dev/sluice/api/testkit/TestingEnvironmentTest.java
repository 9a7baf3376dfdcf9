package dev.sluice.api.testkit;

import java.nio.file.Path;
import java.time.Duration;

import dev.sluice.api.FilterEnvironment;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TestingEnvironmentTest {
    @Test
    void timeMovesByHandOnly() {
        TestingEnvironment environment = new TestingEnvironment();
        long start = environment.nanoTime();
        assertTrue(start < 0);
        environment.advance(Duration.ofMillis(3));
        assertEquals(3_000_000, environment.nanoTime() - start);
        assertThrows(IllegalArgumentException.class, () -> environment.advance(Duration.ofNanos(-1)));
    }

    @Test
    void pathsStartAtTheDirectory() {
        Path directory = Path.of("/etc/sluice");
        TestingEnvironment environment = new TestingEnvironment(directory);
        assertEquals(directory.resolve("lists/deny.txt"), environment.resolve("lists/deny.txt"));
        assertEquals(Path.of("/var/deny.txt"), environment.resolve("/var/deny.txt"));
    }

    @Test
    void namesAreWhatTheTestSays() {
        TestingEnvironment environment = new TestingEnvironment("edge", "guard", 4, Path.of(""));
        assertEquals("edge", environment.listener());
        assertEquals("guard", environment.filter());
        assertEquals(4, environment.eventLoops());
        assertEquals("dev.sluice.filter.edge.guard", environment.logger().getName());
    }

    @Test
    void countersAreSharedByNameAndBounded() {
        TestingEnvironment environment = new TestingEnvironment();
        environment.counter("cache_misses").increment();
        environment.counter("cache_misses").add(2);
        assertEquals(3, environment.count("cache_misses"));
        assertEquals(0, environment.count("never_asked_for"));
        for (String name : new String[]{"", "Misses", "cache-misses", "_x", "x_", "9x", "x".repeat(65)}) {
            assertThrows(IllegalArgumentException.class, () -> environment.counter(name), name);
        }
        assertThrows(IllegalArgumentException.class, () -> environment.counter("x").add(-1));
        for (int i = 2; i < FilterEnvironment.MAX_COUNTERS; i++) {
            environment.counter("c" + i);
        }
        assertThrows(IllegalStateException.class, () -> environment.counter("one_too_many"));
        environment.counter("cache_misses").increment();
        assertEquals(4, environment.count("cache_misses"));
    }
}
