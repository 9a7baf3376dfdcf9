package dev.sluice.api.testkit;

import java.nio.file.Path;
import java.time.Duration;

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
}
