package dev.sluice.api;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

class AnswerTest {
    private static void assertAnswer(Answer answer, ConnectDecision decision, @Nullable String reason,
            @Nullable String cluster, String text) {
        assertEquals(decision, answer.decision());
        assertEquals(reason, answer.reason());
        assertEquals(cluster, answer.cluster());
        assertEquals(text, answer.toString());
    }

    @Test
    void anAnswerIsADecisionWithAllThatBelongsToIt() {
        assertSame(Answer.accept(), Answer.accept());
        assertAnswer(Answer.accept(), ConnectDecision.ACCEPT, null, null, "accept");
        assertAnswer(Answer.route("web"), ConnectDecision.ACCEPT, null, "web", "route (web)");
        assertAnswer(Answer.reject("not in the list"), ConnectDecision.REJECT, "not in the list", null,
                "reject (not in the list)");
        assertAnswer(Answer.tarpit("scanner"), ConnectDecision.TARPIT, "scanner", null, "tarpit (scanner)");
        assertNull(Answer.reject("quietly").lastBytes());
    }

    @Test
    void lastBytesAreCopiedAndBounded() {
        byte[] banner = {'5', '5', '4'};
        Answer answer = Answer.reject("no mail today", banner);
        banner[0] = 'x';
        byte[] seen = answer.lastBytes();
        assertNotNull(seen);
        assertArrayEquals(new byte[]{'5', '5', '4'}, seen);
        seen[0] = 'y';
        assertArrayEquals(new byte[]{'5', '5', '4'}, answer.lastBytes());
        assertNotNull(Answer.reject("much", new byte[ConnectionContext.MAX_LAST_BYTES]).lastBytes());
        assertEquals("last bytes: 513; at most 512 are allowed", assertThrows(IllegalArgumentException.class,
                () -> Answer.reject("too much", new byte[ConnectionContext.MAX_LAST_BYTES + 1])).getMessage());
    }
}
