package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.transport.SocketOptions;
import dev.sluice.runtime.transport.TcpInfo;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Deadlines as functions of what happened when, without a socket or a clock. */
class RelayDeadlinesTest {
    private static final long IDLE = 1_000;
    private static final long HALF_CLOSED = 300;
    private static final long WRITE_STALL = 60;
    private static final RelaySettings SETTINGS = new RelaySettings(IDLE, HALF_CLOSED, WRITE_STALL, 5, 10, 0, 0, 65_536,
            new SocketOptions(true, 0, 0, 0, 0), null, null);

    @Test
    void aReceiverThatIsOwedNothingHasNoDeadline() {
        assertEquals(RelayDeadlines.NEVER, RelayDeadlines.stall(SETTINGS, RelayDeadlines.NEVER));
    }

    @Test
    void aReceiverHasTheWriteStallSinceTheLastByteItTook() {
        assertEquals(70 + WRITE_STALL, RelayDeadlines.stall(SETTINGS, 70));
    }

    @Test
    void aReceiverThatHasAcknowledgedNothingMeanwhileHasVanished() {
        RelaySettings settings = new RelaySettings(IDLE, HALF_CLOSED, 160_000_000, 5, 10, 0, 0, 65_536,
                new SocketOptions(true, 0, 0, 0, 0), null, null);
        assertTrue(RelayDeadlines.isUnheard(settings, new TcpInfo(1, 0, 150)), "a tick less");
        assertFalse(RelayDeadlines.isUnheard(settings, new TcpInfo(1, 0, 149)));
        assertFalse(RelayDeadlines.isUnheard(settings, null), "the transport does not know");
        assertFalse(RelayDeadlines.isUnheard(SETTINGS, new TcpInfo(1, 0, 0)));
    }

    @Test
    void silenceCountsFromTheLastByte() {
        assertEquals(500 + IDLE, RelayDeadlines.silence(SETTINGS, false, 500, false, 600));
    }

    @Test
    void silenceIsShorterOnceASideHasFinished() {
        assertEquals(500 + HALF_CLOSED, RelayDeadlines.silence(SETTINGS, true, 500, false, 600));
    }

    @Test
    void silenceIsOverAtItsDeadlineAndNotBefore() {
        assertTrue(RelayDeadlines.silence(SETTINGS, false, 0, false, IDLE - 1) > IDLE - 1);
        assertEquals(IDLE, RelayDeadlines.silence(SETTINGS, false, 0, false, IDLE));
        assertEquals(IDLE, RelayDeadlines.silence(SETTINGS, false, 0, false, IDLE + 7));
    }

    @Test
    void silenceStartsAnewWhileTheProxyItselfHoldsReadsBack() {
        assertEquals(5_000 + IDLE, RelayDeadlines.silence(SETTINGS, false, 0, true, 5_000));
        assertEquals(5_000 + HALF_CLOSED, RelayDeadlines.silence(SETTINGS, true, 0, true, 5_000));
    }

    @Test
    void readsHeldBackDoNotMoveADeadlineThatHasNotCome() {
        assertEquals(IDLE, RelayDeadlines.silence(SETTINGS, false, 0, true, IDLE - 1));
    }

    @Test
    void aPeriodEndsOnceHoweverOftenOneLooks() {
        int ended = 0;
        for (long since = 900; since < 1_600; since += 7) {
            // Accepted at 1,000, a period of 100.
            ended += RelayDeadlines.periodEnded(1_000, 100, since, since + 7) ? 1 : 0;
        }
        assertEquals(6, ended);
        assertFalse(RelayDeadlines.periodEnded(1_000, 100, 1_099 - 50, 1_099));
        assertTrue(RelayDeadlines.periodEnded(1_000, 100, 1_099, 1_100));
        assertFalse(RelayDeadlines.periodEnded(1_000, 100, 1_100, 1_199));
        assertFalse(RelayDeadlines.periodEnded(1_000, 100, 0, 1_001), "accepted since then");
        assertTrue(RelayDeadlines.periodEnded(1_000, 100, 1_000, 5_000), "several periods are one");
    }

    @Test
    void theReasonSaysWhichSilenceItWas() {
        assertEquals(CloseReason.IDLE_TIMEOUT, RelayDeadlines.silenceReason(false));
        assertEquals(CloseReason.HALF_CLOSED_TIMEOUT, RelayDeadlines.silenceReason(true));
    }
}
