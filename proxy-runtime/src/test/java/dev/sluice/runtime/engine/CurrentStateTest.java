package dev.sluice.runtime.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.sluice.runtime.observe.ServerState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CurrentStateTest {
    @ParameterizedTest
    @CsvSource({
        //        STARTING, READY, DRAINING, CLOSED
        "STARTING,   false,  true,    false,   true",
        "READY,      false, false,     true,   true",
        "DRAINING,   false, false,    false,   true",
        "CLOSED,     false, false,    false,  false"
    })
    void movesForwardOnly(ServerState from, boolean starting, boolean ready, boolean draining, boolean closed) {
        assertEquals(starting, from.mayBecome(ServerState.STARTING));
        assertEquals(ready, from.mayBecome(ServerState.READY));
        assertEquals(draining, from.mayBecome(ServerState.DRAINING));
        assertEquals(closed, from.mayBecome(ServerState.CLOSED));
    }

    @Test
    void aDrainThatComesAfterTheCloseLeavesItClosed() {
        CurrentState state = new CurrentState();
        assertEquals(ServerState.STARTING, state.get());
        assertTrue(state.advance(ServerState.READY));
        assertTrue(state.advance(ServerState.CLOSED));
        assertFalse(state.advance(ServerState.DRAINING));
        assertFalse(state.advance(ServerState.READY));
        assertEquals(ServerState.CLOSED, state.get());
    }

    @Test
    void ofSeveralThatBeginADrainOneHasBegunIt() throws Exception {
        for (int round = 0; round < 1000; round++) {
            CurrentState state = new CurrentState();
            assertTrue(state.advance(ServerState.READY));
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var drains = IntStream.range(0, 3)
                        .mapToObj(i -> threads.submit(() -> state.advance(ServerState.DRAINING))).toList();
                Future<Boolean> close = threads.submit(() -> state.advance(ServerState.CLOSED));
                int begun = 0;
                for (Future<Boolean> drain : drains) {
                    begun += drain.get() ? 1 : 0;
                }
                assertTrue(begun <= 1, begun + " drains have begun");
                assertTrue(close.get());
                assertEquals(ServerState.CLOSED, state.get());
            }
        }
    }
}
