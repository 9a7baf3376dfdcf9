package dev.sluice.runtime.cluster;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import dev.sluice.runtime.cluster.Choice.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.runtime.cluster.TestingEndpoints.MILLI;
import static dev.sluice.runtime.cluster.TestingEndpoints.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Previews of the next client of a cluster beside what it then gets, over random histories. */
class PreviewTest {
    private static final int RUNS = 200;
    private static final int STEPS = 200;
    private static final ClusterRules CHECKED = new ClusterRules(Ejection.SIMPLE, true, 40, 30 * SECOND);
    private final TestingEndpoints web = new TestingEndpoints();

    private static LoadBalancer balancer(String name) {
        return switch (name) {
            case "round-robin" -> LoadBalancer.roundRobin();
            case "least-connections" -> LoadBalancer.leastConnections();
            case "source-hash" -> LoadBalancer.sourceHash();
            default -> LoadBalancer.randomTwoChoices(1);
        };
    }

    private static Kind kind(ConnectAttempts attempts) {
        return switch (attempts.failure()) {
            case NONE -> Kind.ENDPOINT;
            case FULL -> Kind.FULL;
            case NO_ENDPOINT, ALL_TRIED -> Kind.NONE_USABLE;
        };
    }

    /** A random event: a failure, a success, a check, a drain, the end of a connection. */
    private static void change(Random random, EndpointState endpoint, List<EndpointState> open, long now) {
        switch (random.nextInt(9)) {
            case 0 -> endpoint.connectFailed("refused", now);
            case 1 -> endpoint.connectSucceeded(now);
            case 2 -> endpoint.checkedDown("refused");
            case 3, 4 -> endpoint.checkedUp(now);
            case 5 -> endpoint.drain(new OperatorDrain(Instant.EPOCH, "test", null), now);
            case 6 -> endpoint.drain(null, now);
            default -> {
                if (!open.isEmpty()) {
                    open.remove(random.nextInt(open.size())).release();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "least-connections", "source-hash", "random-two-choices"})
    void thePreviewIsWhatTheNextClientGets(String name) {
        Map<Kind, Integer> seen = new EnumMap<>(Kind.class);
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            TestingEndpoints endpoints = new TestingEndpoints();
            List<EndpointState> members = new ArrayList<>();
            for (int i = 1; i <= 1 + random.nextInt(5); i++) {
                members.add(switch (random.nextInt(3)) {
                    case 0 -> endpoints.limited(i, 1 + random.nextInt(3));
                    case 1 -> endpoints.backup(i);
                    default -> endpoints.endpoint(i, 1 + random.nextInt(4));
                });
            }
            Cluster cluster = run % 3 == 0
                    ? endpoints.cluster(balancer(name), members, random.nextInt(8))
                    : endpoints.serving(balancer(name), CHECKED, members);
            List<EndpointState> open = new ArrayList<>();
            long now = SECOND;
            for (int step = 0; step < STEPS; step++) {
                now += random.nextLong(SECOND);
                change(random, members.get(random.nextInt(members.size())), open, now);
                long client = random.nextLong(50);
                Choice said = cluster.preview(client, now);
                assertEquals(said, cluster.preview(client, now), "asking twice");
                ConnectAttempts attempts = new ConnectAttempts();
                EndpointState got = cluster.acquire(attempts, client, now);
                String where = "run " + run + ", step " + step;
                if (said.kind() == Kind.DRAWN) {
                    assertEquals(Kind.ENDPOINT, kind(attempts), where);
                    assertEquals("random-two-choices", name);
                } else {
                    assertEquals(kind(attempts), said.kind(), where);
                    assertSame(got, said.endpoint(), where);
                }
                seen.merge(said.kind(), 1, Integer::sum);
                if (got != null) {
                    open.add(got);
                }
            }
            open.forEach(EndpointState::release);
            assertEquals(0, cluster.state().limit().active());
        }
        for (Kind kind : List.of(Kind.ENDPOINT, Kind.FULL, Kind.NONE_USABLE)) {
            assertTrue(seen.getOrDefault(kind, 0) > 100, seen.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"round-robin", "least-connections", "source-hash"})
    void askingAThousandTimesChangesNoTurn(String name) {
        Cluster asked = web.cluster(balancer(name), web.weighted(3, 2, 1));
        TestingEndpoints others = new TestingEndpoints();
        Cluster left = others.cluster(balancer(name), others.weighted(3, 2, 1));
        for (int client = 0; client < 60; client++) {
            int number = client;
            IntStream.range(0, 1_000).forEach(i -> asked.preview(number, 0));
            EndpointState got = asked.acquire(new ConnectAttempts(), client, 0);
            EndpointState expected = left.acquire(new ConnectAttempts(), client, 0);
            assertEquals(String.valueOf(expected), String.valueOf(got));
        }
        assertEquals(60, asked.state().limit().active());
    }

    @Test
    void anEndpointOnTrialKeepsItsTrial() {
        EndpointState only = web.endpoint(1, 1);
        Cluster cluster = web.cluster(only);
        only.connectFailed("refused", 0);
        long later = TestingEndpoints.WINDOW + MILLI;
        assertSame(only, cluster.preview(0, later).endpoint());
        assertTrue(only.believedUp(later), "the trial is still there");
    }

    @Test
    void reasonsForNoEndpoint() {
        assertEquals(Kind.NO_ENDPOINT, web.cluster(LoadBalancer.roundRobin(), List.of()).preview(0, 0).kind());

        EndpointState limited = web.limited(1, 1);
        Cluster full = new Cluster(limited.cluster(), web.cluster(limited).endpoints(),
                new ConnectPolicy(SECOND, SECOND, 1, 1, SECOND));
        EndpointState place = full.acquire(new ConnectAttempts(), 0, 0);
        assertSame(limited, place);
        assertEquals(Kind.QUEUED, full.preview(0, 0).kind());
        ConnectQueue.Waiting client = () -> {};
        assertTrue(full.state().queue().add(client, 1));
        assertEquals(Kind.QUEUE_FULL, full.preview(0, 0).kind());
        limited.limit().release();
        assertEquals(Kind.QUEUE_FULL, full.preview(0, 0).kind(), "others have waited for longer");
        EndpointSet all = full.endpoints();
        full.endpoints(new EndpointSet(List.of(), LoadBalancer.roundRobin()));
        assertEquals(Kind.QUEUE_FULL, full.preview(0, 0).kind(), "the endpoints have left, and others still wait");
        full.endpoints(all);
        assertTrue(full.state().queue().leave(client));
        assertEquals(Kind.ENDPOINT, full.preview(0, 0).kind());

        limited.drain(new OperatorDrain(Instant.EPOCH, "test", null), 0);
        assertEquals(Kind.NONE_USABLE, full.preview(0, 0).kind());
        assertNull(full.preview(0, 0).endpoint());
    }
}
