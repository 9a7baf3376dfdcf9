package dev.sluice.runtime.cluster;

import java.util.BitSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.endpoint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

class TriedTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 127, 128, 129, 1000})
    void remembersExactlyWhatWasAdded(int size) {
        Tried tried = new Tried();
        BitSet model = new BitSet();
        Endpoint endpoint = endpoint(1, 1);
        for (int step = 0; step < size; step++) {
            // 7919 is coprime to each size: visits all, in no simple order.
            int index = (int) (step * 7919L % size);
            assertSame(endpoint, tried.add(index, endpoint));
            model.set(index);
            assertEquals(step + 1, tried.count());
            for (int i = 0; i < size + 70; i++) {
                assertEquals(model.get(i), tried.contains(i), "index " + i);
            }
        }
        tried.clear();
        assertEquals(0, tried.count());
        for (int i = 0; i < size; i++) {
            assertEquals(false, tried.contains(i), "index " + i);
        }
    }

    @Test
    void failureIsThatOfTheLastCall() {
        Tried tried = new Tried();
        assertEquals(Tried.Failure.NONE, tried.failure());
        tried.fail(Tried.Failure.FULL);
        assertEquals(Tried.Failure.FULL, tried.failure());
        tried.add(0, endpoint(1, 1));
        assertEquals(Tried.Failure.NONE, tried.failure());
        tried.fail(Tried.Failure.ALL_TRIED);
        tried.clear();
        assertEquals(Tried.Failure.NONE, tried.failure());
    }
}
