package dev.sluice.runtime.cluster;

import dev.sluice.runtime.cluster.Belief.Phase;
import dev.sluice.runtime.cluster.EndpointWord.Checked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Walks the table of {@link EndpointWord}: each word, and what it means for the choice of an endpoint. */
class EndpointWordTest {
    private static final long NOW = 7;

    /** A tier that has room for each combination: nothing passed yet, no panic, and so on. */
    @ParameterizedTest
    @CsvSource({
        // drained, checked, connections, slow = word, in the usual case, when others have passed, in panic, as a last resort
        "true, UP, UP, false, drained, false, false, false, false",
        "true, DOWN, EJECTED, false, drained, false, false, false, false",
        "true, NONE, UP, true, drained, false, false, false, false",
        "false, DOWN, UP, false, down, false, false, true, false",
        "false, DOWN, EJECTED, false, down, false, false, false, false",
        "false, UP, EJECTED, false, ejected, false, false, false, true",
        "false, NONE, EJECTED, false, ejected, false, false, false, true",
        "false, UNCHECKED, EJECTED, false, ejected, false, false, false, true",
        "false, UP, TRIAL, false, trial, true, true, true, true",
        "false, NONE, TRIAL, false, trial, true, true, true, true",
        "false, UNCHECKED, TRIAL, false, unchecked, true, false, true, true",
        "false, UNCHECKED, UP, false, unchecked, true, false, true, true",
        "false, UNCHECKED, UP, true, unchecked, true, false, true, true",
        "false, UP, UP, true, slow-start, true, true, true, true",
        "false, NONE, UP, true, slow-start, true, true, true, true",
        "false, UP, UP, false, up, true, true, true, true",
        "false, NONE, UP, false, up, true, true, true, true"})
    void eachCombination(boolean drained, Checked checked, Phase phase, boolean slow, String word, boolean usual,
            boolean whenOthersPassed, boolean panic, boolean last) {
        assertEquals(word, EndpointWord.of(drained, checked, phase, slow).label());

        ClusterState cluster = new ClusterState("web", 1);
        TestingEndpoints web = new TestingEndpoints(cluster);
        EndpointState endpoint = web.endpoint(1, 1);
        put(cluster, endpoint, drained, checked, phase, slow);
        assertEquals(word, endpoint.word(NOW).label());
        boolean offered = phase != Phase.EJECTED;
        assertEquals(usual, endpoint.admitted(new Tier.Mode(0, true, false)) && offered);
        assertEquals(whenOthersPassed, endpoint.admitted(new Tier.Mode(0, false, false)) && offered);
        assertEquals(panic, endpoint.admitted(new Tier.Mode(0, true, true)) && offered);
        assertEquals(last, endpoint.admittedLast(new Tier.Mode(0, false, false)));
    }

    private static void put(ClusterState cluster, EndpointState endpoint, boolean drained, Checked checked,
            Phase phase, boolean slow) {
        cluster.serve(new EndpointSet(java.util.List.of(new Endpoint(endpoint, 1, 0, false)),
                LoadBalancer.roundRobin()),
                new ClusterRules(Ejection.SIMPLE, checked != Checked.NONE, 0, 1000), NOW);
        if (checked == Checked.UP) {
            endpoint.checkedUp(NOW);
        } else if (checked == Checked.DOWN) {
            endpoint.checkedDown("refused");
        }
        if (phase != Phase.UP) {
            long window = EndpointState.FAIL_WINDOW.toNanos();
            endpoint.connectFailed("refused", phase == Phase.EJECTED ? NOW : NOW - window);
        }
        if (slow) {
            endpoint.startSlowly(NOW);
        }
        if (drained) {
            endpoint.drain(new OperatorDrain(java.time.Instant.EPOCH, "a test", null), NOW);
        }
    }
}
