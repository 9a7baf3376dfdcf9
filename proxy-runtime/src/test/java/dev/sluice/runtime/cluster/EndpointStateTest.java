package dev.sluice.runtime.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EndpointStateTest {
    private static final ClusterState CLUSTER = new ClusterState("web", 1);

    private final TestingEndpoints web = new TestingEndpoints();
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1:443",
        "::1, [::1]:443",
        "::, [::]:443",
        "2001:db8::, [2001:db8::]:443",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:443",
        "2001:0:0:1:0:0:0:1, [2001:0:0:1::1]:443",
        "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:443",
        "0:1:2:3:4:5:6:7, [0:1:2:3:4:5:6:7]:443",
        "fe80::1%3, [fe80::1%3]:443"
    })
    void labelIsTheAddressAsConfigurationWritesIt(String literal, String label) throws Exception {
        assertEquals(label,
                new EndpointState(CLUSTER, new InetSocketAddress(InetAddress.getByName(literal), 443)).label());
    }

    @Test
    void labelOfASocketFileAndOfANameThatIsNotResolved() {
        assertEquals("unix:/run/app.sock",
                new EndpointState(CLUSTER, UnixDomainSocketAddress.of("/run/app.sock")).label());
        assertEquals("db.internal:5432",
                new EndpointState(CLUSTER, InetSocketAddress.createUnresolved("db.internal", 5432)).label());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 257})
    void refusesImpossibleWeights(int weight) {
        EndpointState state = new EndpointState(CLUSTER, InetSocketAddress.createUnresolved("a", 1));
        var error = assertThrows(IllegalArgumentException.class, () -> new Endpoint(state, weight, 0, false));
        assertEquals("endpoint a:1: weight is " + weight + "; allowed are 1 to 256", error.getMessage());
    }

    @Test
    void theStateOfAnAddressIsTheSameUntilItIsForgotten() {
        InetSocketAddress address = InetSocketAddress.createUnresolved("a", 1);
        ClusterState cluster = new ClusterState("web", 1);
        EndpointState state = cluster.endpoint(address);
        assertSame(state, cluster.endpoint(address));

        assertTrue(cluster.limit().tryAcquire() && state.reserve(0));
        cluster.prune();
        assertTrue(cluster.inUse());
        assertSame(state, cluster.endpoint(address), "it has a connection");

        state.release();
        cluster.serve(new EndpointSet(List.of(new Endpoint(state, 1, 0, false)), LoadBalancer.roundRobin()),
                ClusterRules.NONE, 0);
        cluster.prune();
        assertSame(state, cluster.endpoint(address), "it serves");
        assertEquals(List.of(state),
                cluster.serve(new EndpointSet(List.of(), LoadBalancer.roundRobin()), ClusterRules.NONE, 0));
        cluster.prune();
        assertFalse(cluster.inUse());
        assertNotSame(state, cluster.endpoint(address));
    }

    /** nanoTime starts anywhere and may overflow. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, -10 * SECOND, -1, Long.MAX_VALUE - 5 * SECOND, Long.MAX_VALUE, Long.MIN_VALUE})
    void aFailureIsHeldAgainstItForOneWindow(long now) {
        EndpointState endpoint = web.endpoint(1, 1);
        assertTrue(endpoint.believedUp(now));
        endpoint.connectFailed("refused", now);
        assertFalse(endpoint.believedUp(now));
        assertFalse(endpoint.believedUp(now + WINDOW - SECOND));
        assertFalse(endpoint.reserve(now + WINDOW - SECOND));
        assertTrue(endpoint.believedUp(now + WINDOW));
        assertEquals(0, endpoint.active());
    }

    @Test
    void afterTheWindowOneConnectionTriesAndTheOthersWaitForWhatItFinds() {
        EndpointState endpoint = web.endpoint(1, 1);
        endpoint.connectFailed("refused", 0);
        assertTrue(endpoint.reserve(WINDOW));
        assertFalse(endpoint.reserve(WINDOW));
        assertFalse(endpoint.reserve(WINDOW + SECOND));
        assertFalse(endpoint.believedUp(WINDOW + SECOND));

        assertTrue(endpoint.failed(), "nothing is decided yet");

        assertTrue(endpoint.connectSucceeded(WINDOW + SECOND));
        assertFalse(endpoint.connectSucceeded(WINDOW + SECOND), "it is up already");
        assertFalse(endpoint.failed());
        assertTrue(endpoint.reserve(WINDOW + SECOND));
        assertTrue(endpoint.reserve(WINDOW + SECOND));
        assertEquals(3, endpoint.active());
    }

    @Test
    void aTrialThatFailsCostsAnotherWindow() {
        EndpointState endpoint = web.endpoint(1, 1);
        endpoint.connectFailed("refused", 0);
        assertTrue(endpoint.reserve(WINDOW));
        long failed = WINDOW + 3 * SECOND;
        endpoint.connectFailed("refused", failed);
        assertFalse(endpoint.reserve(failed + WINDOW - SECOND));
        assertTrue(endpoint.reserve(failed + WINDOW));
    }

    @Test
    void aTrialThatNobodyReportsIsFreeAgainAfterTheWindow() {
        EndpointState endpoint = web.endpoint(1, 1);
        endpoint.connectFailed("refused", 0);
        assertTrue(endpoint.reserve(WINDOW));
        endpoint.limit().release();
        assertFalse(endpoint.reserve(2 * WINDOW - SECOND), "the next impatient client may not follow at once");
        assertTrue(endpoint.reserve(2 * WINDOW));
        assertFalse(endpoint.reserve(2 * WINDOW));
        endpoint.connectSucceeded(2 * WINDOW);
        assertTrue(endpoint.reserve(2 * WINDOW));
    }

    @Test
    void aSuccessBegunBeforeTheFailureChangesNothing() {
        EndpointState endpoint = web.endpoint(1, 1);
        assertTrue(endpoint.reserve(0));
        assertTrue(endpoint.reserve(0));
        assertTrue(endpoint.connectFailed("refused", SECOND));
        assertFalse(endpoint.connectSucceeded(SECOND + 1));
        assertFalse(endpoint.connectFailed("refused", SECOND + 1), "it is down already");
        assertFalse(endpoint.believedUp(SECOND + 2));
        assertTrue(endpoint.believedUp(SECOND + 1 + WINDOW));
    }

    @Test
    void aLastResortIsATrialToo() {
        EndpointState endpoint = web.endpoint(1, 1);
        endpoint.connectFailed("refused", 0);
        assertTrue(endpoint.reserveLastResort(SECOND));
        endpoint.connectSucceeded(SECOND);
        assertTrue(endpoint.believedUp(SECOND));
    }

    @Test
    void oneThatTakesConnectionsAgainIsBelievedAtOnce() {
        EndpointState endpoint = web.endpoint(1, 1);
        assertTrue(endpoint.refuse(true, 0));
        assertTrue(endpoint.connectFailed("refused on request", 0));
        assertFalse(endpoint.believedUp(SECOND));
        assertTrue(endpoint.refuse(false, SECOND));
        assertTrue(endpoint.believedUp(SECOND));
        assertFalse(endpoint.failed());
    }

    @Test
    void countsReports() {
        EndpointState endpoint = web.endpoint(1, 1);
        endpoint.connectSucceeded(0);
        endpoint.connectSucceeded(0);
        endpoint.connectFailed("refused", 0);
        assertEquals(2, endpoint.connects());
        assertEquals(1, endpoint.connectFailures());
    }
}
