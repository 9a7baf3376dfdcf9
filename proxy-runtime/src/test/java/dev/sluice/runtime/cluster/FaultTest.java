package dev.sluice.runtime.cluster;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.MILLI;
import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static dev.sluice.runtime.cluster.TestingEndpoints.WINDOW;
import static dev.sluice.runtime.cluster.TestingEndpoints.states;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Faults 19, 21 and 22 as far as selection goes, on a network and a clock of their own: one client per millisecond. */
class FaultTest {
    private final TestingEndpoints web = new TestingEndpoints();
    private static final long CONNECT_TIMEOUT = 3 * SECOND;
    private static final Answer ACCEPTED = new Answer(Kind.ACCEPTED, MILLI / 2);
    private static final Answer REFUSED = new Answer(Kind.FAILED, MILLI / 2);
    private static final Answer SILENCE = new Answer(Kind.FAILED, CONNECT_TIMEOUT);

    private enum Kind {
        ACCEPTED,
        FAILED,
        CLIENT_GONE
    }

    private record Answer(Kind kind, long after) {}

    private interface Network {
        Answer connect(EndpointState endpoint, long now);
    }

    private record Event(long time, Runnable what) {}

    /** Clients that connect until an endpoint accepts them, as the relay does. */
    private static final class Play {
        final Cluster cluster;
        final Network network;
        final PriorityQueue<Event> events = new PriorityQueue<>(Comparator.comparingLong(Event::time));
        /** The wait of each client for its endpoint; -1: it did not get one. */
        final long[] waited;
        /** Changes of the watched endpoint between up and failed, as seen after every event. */
        int changes;

        Play(Cluster cluster, EndpointState watched, int clients, Network network) {
            this.cluster = cluster;
            this.network = network;
            this.waited = new long[clients];
            Arrays.fill(waited, -1);
            for (int n = 0; n < clients; n++) {
                int client = n;
                long now = client * MILLI;
                events.add(new Event(now, () -> attempt(client, new ConnectAttempts(), now)));
            }
            boolean failed = watched.failed();
            for (Event event = events.poll(); event != null; event = events.poll()) {
                event.what.run();
                changes += watched.failed() == failed ? 0 : 1;
                failed = watched.failed();
            }
            assertEquals(0, cluster.state().limit().active());
        }

        private void attempt(int client, ConnectAttempts attempts, long now) {
            EndpointState endpoint = next(cluster, attempts, client, now);
            Answer answer = network.connect(endpoint, now);
            long then = now + answer.after;
            events.add(new Event(then, () -> {
                switch (answer.kind) {
                    case ACCEPTED -> {
                        endpoint.connectSucceeded(then);
                        waited[client] = then - client * MILLI;
                    }
                    case FAILED -> endpoint.connectFailed("refused", then);
                    case CLIENT_GONE -> {
                    }
                }
                endpoint.release();
                if (answer.kind == Kind.FAILED) {
                    attempt(client, attempts, then);
                }
            }));
        }

        long served() {
            return Arrays.stream(waited).filter(time -> time >= 0).count();
        }
    }

    private static EndpointState next(Cluster cluster, ConnectAttempts attempts, int client, long now) {
        @Nullable
        EndpointState endpoint = cluster.acquire(attempts, client, now);
        assertNotNull(endpoint, "client " + client + " was refused: " + attempts.failure());
        return endpoint;
    }

    /** Fault 19: once its silence is known, a silent endpoint delays one client per window; everybody is served in the end. */
    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void aSilentEndpointDelaysOneClientPerWindow(LoadBalancer balancer) {
        Cluster cluster = web.cluster(balancer, web.equal(3));
        EndpointState silent = states(cluster).get(1);
        int clients = 120_000;
        Play play = new Play(cluster, silent, clients, (endpoint, now) -> endpoint == silent ? SILENCE : ACCEPTED);
        assertEquals(clients, play.served());
        assertTrue(Arrays.stream(play.waited).allMatch(time -> time < CONNECT_TIMEOUT + MILLI),
                "nobody meets it twice");
        assertEquals(1, play.changes, "nothing about a silent endpoint changes");
        int known = (int) ((CONNECT_TIMEOUT + SECOND) / MILLI);
        long delayed = Arrays.stream(play.waited, known, clients).filter(time -> time >= CONNECT_TIMEOUT).count();
        long windows = clients * MILLI / (WINDOW + CONNECT_TIMEOUT);
        assertTrue(delayed >= windows - 1 && delayed <= windows,
                delayed + " clients delayed in " + windows + " windows");
    }

    /** The same with clients that give up before the connect times out, so that nobody ever reports anything. */
    @Test
    void impatientClientsDoNotQueueUpBeforeASilentEndpoint() {
        Cluster cluster = web.cluster(LoadBalancer.roundRobin(), web.equal(3));
        EndpointState silent = states(cluster).get(1);
        silent.connectFailed("refused", 0);
        Play play = new Play(cluster, silent, 60_000,
                (endpoint, now) -> endpoint == silent ? new Answer(Kind.CLIENT_GONE, 20 * MILLI) : ACCEPTED);
        assertEquals(60_000 - 5, play.served(), "one lost in each of six windows but the first");
    }

    /** Fault 19: a refusing endpoint costs one more round trip, for one client per window. */
    @Test
    void aRefusingEndpointIsMetOncePerWindow() {
        Cluster cluster = web.cluster(LoadBalancer.roundRobin(), web.equal(3));
        EndpointState refusing = states(cluster).get(2);
        Play play = new Play(cluster, refusing, 60_000, (endpoint, now) -> endpoint == refusing ? REFUSED : ACCEPTED);
        assertEquals(60_000, play.served());
        assertEquals(2 * MILLI / 2, Arrays.stream(play.waited).max().orElseThrow());
        assertEquals(6, refusing.connectFailures());
    }

    /**
     * Fault 21: five minutes of 200 ms up, 190 ms down (so that the trials drift through both) beside one healthy endpoint. What was
     * accepted takes longer to be heard of than a refusal, so each down phase begins with successes that are reported after a failure.
     */
    @ParameterizedTest
    @MethodSource("dev.sluice.runtime.cluster.ClusterTest#balancers")
    void aFlappingEndpointFailsNobodyAndChangesStateTwicePerWindow(LoadBalancer balancer) {
        Cluster cluster = web.cluster(balancer, web.equal(2));
        EndpointState flapping = states(cluster).get(0);
        int clients = 300_000;
        Answer slowly = new Answer(Kind.ACCEPTED, 20 * MILLI);
        Play play = new Play(cluster, flapping, clients, (endpoint, now) -> {
            boolean up = now % (390 * MILLI) < 200 * MILLI;
            return endpoint != flapping ? ACCEPTED : up ? slowly : REFUSED;
        });
        assertEquals(clients, play.served());
        long windows = clients * MILLI / WINDOW;
        assertTrue(play.changes <= 2 * windows, play.changes + " changes in " + windows + " windows");
        assertTrue(flapping.connects() > 100, "it must be used while it seems to work");
    }

    /** Fault 22: with everything down each client is told after as many tries as there are endpoints, and none is refused unheard. */
    @Test
    void aDeadClusterIsTriedByEveryClientAndRecoversWithTheFirstSuccess() {
        Cluster cluster = web.cluster(LoadBalancer.roundRobin(), web.equal(3));
        ConnectAttempts attempts = new ConnectAttempts();
        for (int client = 0; client < 1000; client++) {
            long now = client * MILLI;
            attempts.clear();
            for (int n = 0; n < 3; n++) {
                EndpointState endpoint = next(cluster, attempts, client, now);
                endpoint.connectFailed("refused", now);
                endpoint.release();
            }
            assertNull(cluster.acquire(attempts, client, now));
            assertEquals(ConnectAttempts.Failure.ALL_TRIED, attempts.failure());
            assertFalse(cluster.hasPlace(now));
        }
        attempts.clear();
        EndpointState first = next(cluster, attempts, 0, SECOND);
        first.connectSucceeded(SECOND);
        assertTrue(cluster.hasPlace(SECOND));
        for (int client = 0; client < 10; client++) {
            attempts.clear();
            assertEquals(first, next(cluster, attempts, client, SECOND));
        }
    }
}
