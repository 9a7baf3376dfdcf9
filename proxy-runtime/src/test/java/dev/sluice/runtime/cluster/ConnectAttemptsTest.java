package dev.sluice.runtime.cluster;

import java.util.BitSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

class ConnectAttemptsTest {
    private final TestingEndpoints web = new TestingEndpoints();
    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 127, 128, 129, 1000})
    void remembersExactlyWhatWasAdded(int size) {
        ConnectAttempts attempts = new ConnectAttempts();
        BitSet model = new BitSet();
        EndpointState endpoint = web.endpoint(1, 1);
        for (int step = 0; step < size; step++) {
            // 7919 is coprime to each size: visits all, in no simple order.
            int index = (int) (step * 7919L % size);
            assertSame(endpoint, attempts.add(index, endpoint));
            model.set(index);
            assertEquals(step + 1, attempts.count());
            for (int i = 0; i < size + 70; i++) {
                assertEquals(model.get(i), attempts.contains(i), "index " + i);
            }
        }
        attempts.clear();
        assertEquals(0, attempts.count());
        for (int i = 0; i < size; i++) {
            assertEquals(false, attempts.contains(i), "index " + i);
        }
    }

    @Test
    void failureIsThatOfTheLastCall() {
        ConnectAttempts attempts = new ConnectAttempts();
        assertEquals(ConnectAttempts.Failure.NONE, attempts.failure());
        attempts.fail(ConnectAttempts.Failure.FULL);
        assertEquals(ConnectAttempts.Failure.FULL, attempts.failure());
        attempts.add(0, web.endpoint(1, 1));
        assertEquals(ConnectAttempts.Failure.NONE, attempts.failure());
        attempts.fail(ConnectAttempts.Failure.ALL_TRIED);
        attempts.clear();
        assertEquals(ConnectAttempts.Failure.NONE, attempts.failure());
    }
}
