package dev.sluice.runtime.cluster;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.MILLI;
import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EjectionTest {
    private static final Ejection RULE = new Ejection(5, 10 * SECOND, 300 * SECOND, 50, true);
    private static final long TENTH = SECOND;

    private final TestingEndpoints web = new TestingEndpoints();

    private List<EndpointState> serving(int count) {
        List<EndpointState> endpoints = web.equal(count);
        web.serving(LoadBalancer.roundRobin(), new ClusterRules(RULE, false, 0, 0), endpoints);
        return endpoints;
    }

    private static boolean fail(EndpointState endpoint, int times, long now) {
        boolean ejected = false;
        for (int i = 0; i < times; i++) {
            ejected = endpoint.connectFailed("refused", now);
        }
        return ejected;
    }

    @Test
    void onlyFailuresInARowCount() {
        EndpointState endpoint = serving(2).getFirst();
        assertFalse(fail(endpoint, 4, 0));
        assertEquals("up", endpoint.word(0).label());
        endpoint.connectSucceeded(0);
        assertFalse(fail(endpoint, 4, 0));
        assertTrue(endpoint.connectFailed("refused", 0));
        assertEquals("ejected", endpoint.word(0).label());
        assertFalse(endpoint.connectFailed("refused", 0), "it is ejected already");
    }

    /** 10 s, 20 s, 40 s …, 5 min, each ± 10 %. */
    @Test
    void eachEjectionTakesTwiceAsLong() {
        EndpointState endpoint = serving(2).getFirst();
        assertTrue(fail(endpoint, 5, 0));
        long now = 0;
        for (long expected : new long[]{10, 20, 40, 80, 160, 300, 300}) {
            long time = endpoint.avoidedFor(now);
            assertTrue(time <= expected * SECOND * 11 / 10 && time >= expected * SECOND * 9 / 10 - 3,
                    time + " for " + expected + " s");
            assertFalse(endpoint.reserve(now + time - TENTH));
            now += time + 1;
            assertTrue(endpoint.reserve(now), "the trial");
            assertFalse(endpoint.reserve(now), "one only");
            endpoint.connectFailed("refused", now);
            endpoint.limit().release();
        }
    }

    @Test
    void aTimeWithoutFailuresTakesOneStepBack() {
        EndpointState endpoint = serving(2).getFirst();
        fail(endpoint, 5, 0);
        long now = endpoint.avoidedFor(0) + 1;
        assertTrue(endpoint.reserve(now));
        assertTrue(endpoint.connectSucceeded(now));
        assertTrue(fail(endpoint, 5, now + SECOND));
        assertTrue(endpoint.avoidedFor(now + SECOND) > 17 * SECOND, "the second, at once: twice the time");
        now += SECOND + endpoint.avoidedFor(now + SECOND) + 1;
        assertTrue(endpoint.reserve(now));
        assertTrue(endpoint.connectSucceeded(now));
        now += 100 * SECOND;
        assertTrue(fail(endpoint, 5, now));
        assertTrue(endpoint.avoidedFor(now) < 12 * SECOND, "the third, after a quiet time");
    }

    /** Of 1: 0, of 2: 1, of 3: 1, of 4: 2, of 10: 5; never the last, at least one of two. */
    @ParameterizedTest
    @CsvSource({"1, 50, 0", "2, 50, 1", "3, 50, 1", "4, 50, 2", "10, 50, 5", "2, 100, 1", "10, 0, 1", "10, 10, 1",
        "3, 10, 1", "1, 100, 0"})
    void neverMoreThanTheShare(int endpoints, int percent, int ejected) {
        List<EndpointState> all = web.equal(endpoints);
        web.serving(LoadBalancer.roundRobin(),
                new ClusterRules(new Ejection(5, 10 * SECOND, 300 * SECOND, percent, true), false, 0, 0), all);
        all.forEach(endpoint -> fail(endpoint, 5, 0));
        assertEquals(ejected, all.stream().filter(endpoint -> endpoint.word(0) == EndpointWord.EJECTED).count());
    }

    /** Case 21: an endpoint that accepts and closes at once, among healthy ones. */
    @Test
    void anEndpointThatClosesAtOnceIsEjectedToo() {
        EndpointState endpoint = serving(3).getFirst();
        for (int i = 0; i < 4; i++) {
            endpoint.connectSucceeded(0);
            assertFalse(endpoint.closedEarly(0));
        }
        endpoint.connectSucceeded(0);
        assertTrue(endpoint.closedEarly(0));
        long now = endpoint.avoidedFor(0) + 1;
        assertTrue(endpoint.reserve(now));
        assertTrue(endpoint.connectSucceeded(now), "its connects succeed");
        assertTrue(endpoint.closedEarly(now), "one is enough after an ejection");
        assertTrue(endpoint.avoidedFor(now) > 17 * SECOND);
        endpoint.checkedOnce(true, now);
        endpoint.checkedOnce(true, now);
        assertEquals("ejected", endpoint.word(now).label(), "a check that only connects says nothing about it");
    }

    @Test
    void aConnectionThatLastsClearsTheCountOfEarlyCloses() {
        EndpointState endpoint = serving(3).getFirst();
        for (int i = 0; i < 4; i++) {
            assertFalse(endpoint.closedEarly(0));
        }
        endpoint.lasted();
        assertFalse(endpoint.closedEarly(0));
        assertEquals("up", endpoint.word(0).label());
    }

    @Test
    void withoutARuleEarlyClosesDoNotCount() {
        EndpointState endpoint = web.endpoint(1, 1);
        for (int i = 0; i < 100; i++) {
            assertFalse(endpoint.closedEarly(0));
        }
    }

    @Test
    void twoPassedChecksEndAnEjectionWithATrial() {
        EndpointState endpoint = serving(2).getFirst();
        fail(endpoint, 5, 0);
        endpoint.checkedOnce(true, 0);
        endpoint.checkedOnce(false, 0);
        endpoint.checkedOnce(true, 0);
        assertEquals("ejected", endpoint.word(0).label());
        endpoint.checkedOnce(true, SECOND);
        assertEquals("trial", endpoint.word(SECOND).label());
        assertTrue(endpoint.reserve(SECOND));
        assertFalse(endpoint.reserve(SECOND));
    }

    /** Fault 21: up and down every 200 ms for 5 minutes, with a client each millisecond that is sent to it. */
    @Test
    void flappingChangesTheStateAtMostTwicePerEjection() {
        EndpointState endpoint = serving(2).getFirst();
        int changes = 0;
        int ejections = 0;
        boolean failed = false;
        long until = Duration.ofMinutes(5).toNanos();
        for (long now = 0; now < until; now += MILLI) {
            if (endpoint.reserve(now)) {
                if (now / (200 * MILLI) % 2 == 0) {
                    endpoint.connectSucceeded(now);
                } else if (endpoint.connectFailed("refused", now)) {
                    ejections++;
                }
                endpoint.limit().release();
            }
            changes += endpoint.failed() == failed ? 0 : 1;
            failed = endpoint.failed();
        }
        assertTrue(ejections <= 7, "ejections: " + ejections);
        assertTrue(changes <= 2 * ejections, changes + " changes");
    }
}
