package dev.sluice.runtime.relay;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.runtime.selection.Fact;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The words for states that conditions may name are those that connections have. */
class RelayStateTest {
    @Test
    void conditionsKnowTheWordsOfAllStates() {
        Set<String> words = Stream.of(RelayState.values()).filter(state -> state != RelayState.CLOSED)
                .map(RelayState::label)
                .collect(Collectors.toSet());
        words.addAll(Set.of("half-closed", "queued"));
        assertEquals(words, Set.copyOf(Fact.STATE.words()));
    }
}
