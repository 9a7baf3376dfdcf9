package com.example.firstbyte;

import java.nio.charset.StandardCharsets;

import dev.sluice.api.testkit.FilterKit;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class FirstByteTest {
    @ParameterizedTest
    @CsvSource({"SSH-2.0, OPEN", "GET /, REJECTED"})
    void onlyTheFirstByteCounts(String stream, Outcome.State state) {
        try (TestingConnection connection = TestingConnection.of(new FirstByte(), new FirstByte.Config('S')).connect()) {
            assertEquals(state, FilterKit.of(connection)
                    .sameOutcomeForEverySegmentation(stream.getBytes(StandardCharsets.US_ASCII)).state());
        }
    }
}
