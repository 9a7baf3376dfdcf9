package com.example.replacetext;

import java.nio.charset.StandardCharsets;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.testkit.FilterKit;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ReplaceTextTest {
    private static TestingConnection connect(String find, String replacement) {
        return TestingConnection.of(new ReplaceText(), new ReplaceText.Config(find, replacement)).connect();
    }

    @ParameterizedTest
    @CsvSource({
        "Server: demo/1.2, demo/1.2, demo, Server: demo",
        "aaab, aab, X, aX",
        "abcabc, abc, '', ''",
        "abab, ab, ababab, abababababab",
        "ab ab, abc, X, ab ab",
        "nothing, x, y, nothing"
    })
    void theTextIsReplacedHoweverTheStreamIsCut(String stream, String find, String replacement, String result) {
        try (TestingConnection connection = connect(find, replacement)) {
            Outcome outcome = FilterKit.of(connection).direction(UPSTREAM_TO_CLIENT)
                    .endings(FilterKit.Ending.FIN, FilterKit.Ending.DEADLINE, FilterKit.Ending.RESET)
                    .sameOutcomeForEverySegmentation(stream.getBytes(StandardCharsets.UTF_8));
            assertEquals(Outcome.State.OPEN, outcome.state());
            connection.reconnect();
            connection.upstream(stream);
            connection.upstreamFin();
            assertEquals(result, connection.forwardedText(UPSTREAM_TO_CLIENT));
        }
    }

    @Test
    void theBeginningOfTheTextIsHeldForAWhile() {
        try (TestingConnection connection = connect("secret", "***")) {
            connection.upstream("a sec");
            assertEquals("a ", connection.forwardedText(UPSTREAM_TO_CLIENT));
            connection.upstream("ret");
            assertEquals("a ***", connection.forwardedText(UPSTREAM_TO_CLIENT));
            connection.upstream("sec");
            connection.advance(ReplaceText.PATIENCE);
            assertEquals("a ***sec", connection.forwardedText(UPSTREAM_TO_CLIENT));
            assertEquals(1, connection.environment().count("replacements"));
        }
    }

    @Test
    void moreOutputThanOneCallbackMayEmitComesInSeveral() {
        String replacement = "y".repeat(200);
        try (TestingConnection connection = TestingConnection
                .of(new ReplaceText(), new ReplaceText.Config("x", replacement)).readBuffer(256).connect()) {
            connection.upstream("x".repeat(100));
            assertEquals(replacement.repeat(100), connection.forwardedText(UPSTREAM_TO_CLIENT));
            assertEquals(0, connection.heldBytes(UPSTREAM_TO_CLIENT));
        }
    }

    @Test
    void textsAreChecked() {
        assertEquals("find", assertThrows(ConfigException.class, () -> new ReplaceText.Config("", "x")).key());
        assertEquals("replacement",
                assertThrows(ConfigException.class, () -> new ReplaceText.Config("x", "y".repeat(257))).key());
    }
}
