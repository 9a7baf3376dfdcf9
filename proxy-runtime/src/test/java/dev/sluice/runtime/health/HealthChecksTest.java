package dev.sluice.runtime.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Many checks together: who shares one, what goes on, how many at once, and that nothing is left. */
class HealthChecksTest {
    private static final Duration OFTEN = Duration.ofMillis(20);
    /** So long that a test sees only the first check. */
    private static final Duration ONCE = Duration.ofHours(1);
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final TcpProbe BANNER = new TcpProbe(Bytes.NONE, Bytes.of("220"));

    private final Ledger ledger = Ledger.open();
    private final CheckLoop loop = new CheckLoop();
    /** Draws the least number, so that first checks are made at once, in their order. */
    private final HealthChecks checks = new HealthChecks((RandomGenerator) () -> 0L);

    @AfterEach
    void nothingIsLeft() {
        loop.close();
        checks.close();
        ledger.settle();
    }

    private static CheckSettings settings(Probe probe, Duration interval) {
        return new CheckSettings(probe, interval, PATIENT, 1, 1, null);
    }

    private static SocketAddress at(TestingUpstream server) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port());
    }

    private static Wanted connect(TestingUpstream server, Duration interval, CheckTarget target) {
        return new Wanted(at(server), settings(TcpProbe.CONNECT, interval), target);
    }

    private static TestingUpstream silent() {
        return TestingUpstream.start(client -> client.getInputStream().readAllBytes());
    }

    @Test
    void equalChecksAreMadeOnce() throws Exception {
        TestingTarget one = new TestingTarget();
        TestingTarget other = new TestingTarget();
        try (TestingUpstream server = silent()) {
            checks.keep(List.of(connect(server, ONCE, one), connect(server, ONCE, other)));
            one.await("passed");
            other.await("passed");
            Await.equal("connections", 1, server::accepted);
            assertEquals(one.results(), other.results());
        }
    }

    @Test
    void otherSettingsAreAnotherCheck() throws Exception {
        TestingTarget one = new TestingTarget();
        TestingTarget other = new TestingTarget();
        try (TestingUpstream server = silent()) {
            checks.keep(List.of(connect(server, ONCE, one), connect(server, ONCE.plusSeconds(1), other)));
            one.await("passed");
            other.await("passed");
            Await.equal("connections", 2, server::accepted);
        }
    }

    /** What is kept goes on, and who joins it gets its verdict, without another check. */
    @Test
    void equalChecksGoOnWhenOthersCome() throws Exception {
        TestingTarget first = new TestingTarget();
        TestingTarget joining = new TestingTarget();
        TestingTarget elsewhere = new TestingTarget();
        try (TestingUpstream server = silent(); TestingUpstream second = silent()) {
            checks.keep(List.of(connect(server, ONCE, first)));
            first.await("passed");
            checks.keep(List.of(connect(server, ONCE, first), connect(server, ONCE, joining),
                    connect(second, ONCE, elsewhere)));
            joining.await("passed");
            elsewhere.await("passed");
            assertEquals(List.of("passed"), first.verdicts());
            // A new check would have been made before that of the other server.
            Await.equal("connections", 1, server::accepted);
        }
    }

    @Test
    void whatIsNotWantedEnds() throws Exception {
        TestingTarget target = new TestingTarget();
        TestingTarget later = new TestingTarget();
        try (TestingUpstream server = silent(); TestingUpstream second = silent()) {
            checks.keep(List.of(connect(server, OFTEN, target)));
            target.awaitResults(2);
            checks.keep(List.of(connect(second, OFTEN, later)));
            later.awaitResults(1);
            int results = target.results().size();
            later.awaitResults(10);
            assertEquals(results, target.results().size());
        }
    }

    /** A check that is dropped while it waits for an answer gives its connection back at once. */
    @Test
    void aCheckUnderWayIsCut() throws Exception {
        try (TestingUpstream server = silent()) {
            checks.keep(List.of(new Wanted(at(server), settings(BANNER, OFTEN), new TestingTarget())));
            Await.equal("connections of the check", 1, server::open);
            checks.keep(List.of());
            Await.equal("connections of the check", 0, server::open);
            Await.equal("checks under way", 0, checks::underWay);
            assertEquals(1, server.accepted());
        }
    }

    @Test
    void checksThatAreCutByTheEndLeaveNothing() throws Exception {
        TestingTarget target = new TestingTarget();
        try (TestingUpstream server = silent()) {
            checks.keep(List.of(new Wanted(at(server), settings(BANNER, OFTEN), target)));
            Await.equal("connections of the check", 1, server::open);
            checks.close();
            assertEquals(0, checks.underWay());
            Await.equal("connections of the check", 0, server::open);
            assertEquals(List.of(), target.results());
            checks.keep(List.of(connect(server, OFTEN, target)));
            checks.checkSoon(at(server));
        }
    }

    @Test
    void withoutAWishThereIsNoThread() {
        checks.keep(List.of());
        checks.checkSoon(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 1));
        ledger.settle();
    }

    /** One more check, a second after the last one, however many clients have failed. */
    @Test
    void failedConnectsAskForOneCheck() throws Exception {
        TestingTarget target = new TestingTarget();
        TestingTarget other = new TestingTarget();
        AtomicInteger port = new AtomicInteger();
        try (TestingUpstream server = silent()) {
            port.set(server.port());
            checks.keep(List.of(connect(server, ONCE, target)));
            target.await("passed");
            for (int i = 0; i < 1000; i++) {
                checks.checkSoon(at(server));
            }
            target.awaitResults(2);
            checks.keep(List.of(connect(server, ONCE, target), connect(server, ONCE.plusSeconds(1), other)));
            other.await("passed");
            assertEquals(2, target.results().size());
            Await.equal("connections", 3, server::accepted);
        }
        Await.until("the endpoint's failure to be noticed", () -> {
            checks.checkSoon(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port.get()));
            return target.verdicts().size() == 2;
        });
        assertEquals(List.of("passed", "failed: connection refused"), target.verdicts());
    }

    /** Of 200 that are wanted at once, 64 run; the others follow as places become free. */
    @Test
    void notMoreThanAFixedNumberRunAtOnce() throws Exception {
        int wanted = 200;
        SynchronousQueue<Boolean> answers = new SynchronousQueue<>();
        List<TestingTarget> targets = new ArrayList<>();
        List<Wanted> all = new ArrayList<>();
        try (TestingUpstream server = TestingUpstream.start("0.0.0.0", 0, client -> {
            try {
                answers.put(true);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            client.getOutputStream().write("220".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes();
        })) {
            for (int i = 0; i < wanted; i++) {
                TestingTarget target = new TestingTarget();
                targets.add(target);
                SocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.1." + i), server.port());
                all.add(new Wanted(address, settings(BANNER, ONCE), target));
            }
            checks.keep(all);
            Await.equal("connections", HealthChecks.MAX_UNDER_WAY, server::open);
            assertEquals(HealthChecks.MAX_UNDER_WAY, checks.underWay());
            for (int i = 0; i < wanted; i++) {
                assertNotNull(answers.poll(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS), "no check waits");
                assertTrue(checks.underWay() <= HealthChecks.MAX_UNDER_WAY);
                assertTrue(server.open() <= HealthChecks.MAX_UNDER_WAY + 1, "one may not have been seen to close");
            }
            for (TestingTarget target : targets) {
                target.await("passed");
            }
        }
    }

    /** A thousand addresses, each several times: none is forgotten, none harms another, and all are gone in the end. */
    @Test
    void aThousandEndpoints() throws Exception {
        AtomicInteger most = new AtomicInteger();
        List<TestingTarget> targets = new ArrayList<>();
        List<Wanted> all = new ArrayList<>();
        try (TestingUpstream server = TestingUpstream.start("0.0.0.0", 0, client -> {
            most.accumulateAndGet(checks.underWay(), Math::max);
            client.getInputStream().readAllBytes();
        })) {
            for (int i = 0; i < 1000; i++) {
                TestingTarget target = new TestingTarget();
                targets.add(target);
                SocketAddress address = new InetSocketAddress(
                        InetAddress.ofLiteral("127.0." + (2 + i / 250) + "." + (1 + i % 250)), server.port());
                all.add(new Wanted(address, settings(TcpProbe.CONNECT, Duration.ofMillis(500)), target));
            }
            checks.keep(all);
            for (TestingTarget target : targets) {
                target.awaitResults(3);
                assertEquals(List.of("passed"), target.verdicts());
                assertEquals(Set.of(CheckResult.PASSED), Set.copyOf(target.results()));
            }
            assertTrue(most.get() <= HealthChecks.MAX_UNDER_WAY, () -> most + " at once");
        }
    }

    /** Trap: on a machine that is stalled all endpoints would seem dead at once. */
    @Test
    void aTimeoutOfACheckThatWasLateItselfDoesNotCount() throws Exception {
        try (TestingUpstream server = silent()) {
            assertEquals(CheckResult.LATE, expired(server, Duration.ofMillis(501)).result());
            assertEquals(CheckResult.TIMEOUT, expired(server, Duration.ofMillis(499)).result());
        }
    }

    /** A refusal does, however late it was asked for. */
    @Test
    void aRefusalOfACheckThatWasLateCounts() throws Exception {
        SocketAddress closed;
        try (TestingUpstream server = silent()) {
            closed = at(server);
        }
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        run(closed, Duration.ofMinutes(1), outcome);
        assertEquals(CheckResult.REFUSED, outcome.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS).result());
    }

    /** The outcome of a check whose thread was late, and whose time is over while it waits for an answer. */
    private Outcome expired(TestingUpstream server, Duration late) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        int before = server.accepted();
        CheckRun run = run(at(server), late, outcome);
        Await.until("the check to be connected", () -> server.accepted() > before);
        loop.execute(run::expire);
        return outcome.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private CheckRun run(SocketAddress address, Duration late, CompletableFuture<Outcome> outcome) {
        CheckSettings settings = new CheckSettings(BANNER, ONCE, Duration.ofSeconds(1), 1, 1, null);
        long now = System.nanoTime();
        Check check = new Check(address, settings, new SplittableRandom(7), now, due -> {});
        check.due(check.nextStart() + late.toNanos());
        CheckRun run = new SelectedRun(check, loop, new CheckRun.Listener() {
            @Override
            public void answered(CheckRun run, Outcome answer, boolean over) {
                outcome.complete(answer);
            }

            @Override
            public void over(CheckRun run) {
                outcome.completeExceptionally(new AssertionError("after a failure nothing is left to do"));
            }
        }, now);
        loop.start();
        loop.execute(run::start);
        return run;
    }
}
