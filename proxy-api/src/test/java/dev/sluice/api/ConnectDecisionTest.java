package dev.sluice.api;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

class ConnectDecisionTest {
    private static final class TestingSuspension implements Suspension {
        @Override
        public boolean complete(ConnectDecision decision) {
            return true;
        }

        @Override
        public boolean isDone() {
            return false;
        }

        @Override
        public void onCancel(Runnable action) {}
    }

    @Test
    void acceptingIsFree() {
        assertSame(ConnectDecision.accept(), ConnectDecision.accept());
        assertEquals("accept", ConnectDecision.accept().toString());
        assertNull(ConnectDecision.accept().reason());
        assertNull(ConnectDecision.accept().cluster());
        assertNull(ConnectDecision.accept().suspension());
    }

    @Test
    void refusalsHaveAReasonAndNoCluster() {
        ConnectDecision rejected = ConnectDecision.reject("not in the allow list");
        assertEquals(ConnectDecision.Kind.REJECT, rejected.kind());
        assertEquals("not in the allow list", rejected.reason());
        assertNull(rejected.cluster());
        assertEquals("reject (not in the allow list)", rejected.toString());

        ConnectDecision dropped = ConnectDecision.drop("scanner");
        assertEquals(ConnectDecision.Kind.DROP, dropped.kind());
        assertEquals("scanner", dropped.reason());
        assertEquals("drop (scanner)", dropped.toString());
    }

    @Test
    void routesHaveAClusterAndNoReason() {
        ConnectDecision routed = ConnectDecision.route("web");
        assertEquals(ConnectDecision.Kind.ROUTE, routed.kind());
        assertEquals("web", routed.cluster());
        assertNull(routed.reason());
        assertEquals("route (web)", routed.toString());
    }

    @Test
    void pendingKnowsWhatItWaitsFor() {
        Suspension suspension = new TestingSuspension();
        ConnectDecision pending = ConnectDecision.pending(suspension);
        assertEquals(ConnectDecision.Kind.PENDING, pending.kind());
        assertSame(suspension, pending.suspension());
        assertNull(pending.reason());
        assertEquals("pending", pending.toString());
    }
}
