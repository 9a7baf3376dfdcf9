package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigKey;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class RecordDiffTest {
    record Inner(Duration idle, ByteSize size) {}

    record Outer(Inner timeouts, @ConfigKey("for") int count, Optional<Integer> most, String secret,
            List<Integer> list) {}

    private final Inner inner = new Inner(Duration.ofHours(1), new ByteSize(1024));
    private final Outer outer = new Outer(inner, 3, Optional.empty(), "a", List.of(1, 2));

    private List<String> to(Outer other) {
        return RecordDiff.of("edge", outer, other);
    }

    @Test
    void equalRecordsHaveNoDifference() {
        assertEquals(List.of(), to(new Outer(inner, 3, Optional.empty(), "a", List.of(1, 2))));
    }

    @Test
    void valuesAreShownAsTheyAreWritten() {
        assertEquals(List.of("edge.timeouts.idle 1h → 30m", "edge.timeouts.size 1KiB → 2KiB", "edge.for 3 → 4"),
                to(new Outer(new Inner(Duration.ofMinutes(30), new ByteSize(2048)), 4, Optional.empty(), "a",
                        List.of(1, 2))));
    }

    @Test
    void whatIsSetOrUnsetIsSaid() {
        assertEquals(List.of("edge.most unset → 7"), to(new Outer(inner, 3, Optional.of(7), "a", List.of(1, 2))));
    }

    @Test
    void textIsNeverShownBecauseItMayBeASecret() {
        assertEquals(List.of("edge.secret changed"), to(new Outer(inner, 3, Optional.empty(), "b", List.of(1, 2))));
    }

    @Test
    void listsShowWhatCameAndWent() {
        assertEquals(List.of("edge.list + 3  − 1"), to(new Outer(inner, 3, Optional.empty(), "a", List.of(2, 3))));
        assertEquals(List.of("edge.list in another order"),
                to(new Outer(inner, 3, Optional.empty(), "a", List.of(2, 1))));
    }
}
