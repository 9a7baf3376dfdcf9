package dev.sluice.runtime.health;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A check by the clock, without sockets. */
class CheckTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    /** More than a start is rounded down by. */
    private static final long TICK = Duration.ofMillis(68).toNanos();
    private static final SocketAddress ADDRESS = new InetSocketAddress(InetAddress.ofLiteral("10.0.0.1"), 80);
    private static final CheckSettings SETTINGS = new CheckSettings(TcpProbe.CONNECT, Duration.ofSeconds(5),
            Duration.ofSeconds(1), 2, 3, null);

    /** Near the overflow of the clock, which no comparison may mind. */
    private long now = Long.MAX_VALUE - SECOND;
    private final TestingTarget target = new TestingTarget();
    private final CheckLoop loop = new CheckLoop();
    private final Check check = new Check(ADDRESS, SETTINGS, new SplittableRandom(7), now, due -> {});

    /** Goes on to the next start, and ends that check after a time. @return the time from start to start */
    private long next(CheckResult result, long nanos) {
        long before = now;
        now = check.nextStart();
        long pause = now - before;
        check.due(now);
        check.started(run(), now);
        now += nanos;
        check.ended(new Outcome(result, result == CheckResult.PASSED ? "" : result.label() + "!", nanos), now);
        check.released();
        return pause;
    }

    private CheckRun run() {
        return new SelectedRun(check, loop, new CheckRun.Listener() {
            @Override
            public void answered(CheckRun run, Outcome outcome, boolean over) {
                throw new AssertionError("never started");
            }

            @Override
            public void over(CheckRun run) {
                throw new AssertionError("never started");
            }
        }, now);
    }

    private long pause() {
        return check.nextStart() - now;
    }

    /** The promise: down after interval + 2 × 1 s + timeout at most, whatever is drawn. */
    @Test
    void aDeadEndpointIsNoticedInTime() {
        for (int seed = 0; seed < 1000; seed++) {
            Check each = new Check(ADDRESS, SETTINGS, new SplittableRandom(seed), now,
                    due -> {});
            TestingTarget seen = new TestingTarget();
            each.targets(Set.of(seen));
            long clock = now;
            for (int i = 0; i < 3; i++) {
                clock = each.nextStart();
                each.due(clock);
                each.started(run(), clock);
                each.ended(new Outcome(CheckResult.PASSED, "", 0), clock);
                each.released();
            }
            // It dies right after the answer.
            long died = clock;
            while (seen.verdicts().size() == 1) {
                clock = each.nextStart();
                each.due(clock);
                each.started(run(), clock);
                clock += SECOND;
                each.ended(new Outcome(CheckResult.TIMEOUT, "no answer", SECOND), clock);
                each.released();
            }
            assertEquals(List.of("passed", "failed: no answer"), seen.verdicts());
            long noticed = clock - died;
            assertTrue(noticed <= 8 * SECOND, () -> "noticed after " + noticed / 1e9 + " s");
            assertTrue(noticed > 6 * SECOND, () -> "noticed after " + noticed / 1e9 + " s");
        }
    }

    @Test
    void anEndpointIsBackAfterRiseSuccesses() {
        check.targets(Set.of(target));
        for (int i = 0; i < 3; i++) {
            next(CheckResult.REFUSED, 0);
        }
        assertEquals(List.of("failed: refused!"), target.verdicts());
        assertTrue(pause() > SECOND - TICK, "a verdict that stands is no hurry");
        next(CheckResult.PASSED, 0);
        assertTrue(pause() <= SECOND, "a success after failures is urgent");
        next(CheckResult.PASSED, 0);
        assertEquals(List.of("failed: refused!", "passed"), target.verdicts());
        assertTrue(pause() > SECOND, "and not afterwards");
        assertEquals(List.of(CheckResult.REFUSED, CheckResult.REFUSED, CheckResult.REFUSED, CheckResult.PASSED,
                CheckResult.PASSED), target.results());
    }

    /** To wake threads for one check costs more than the check. */
    @Test
    void checksStartTogetherWhenTheirPausesAllowIt() {
        Set<Long> starts = new HashSet<>();
        for (int seed = 0; seed < 1000; seed++) {
            Check each = new Check(ADDRESS, SETTINGS, new SplittableRandom(seed), 0, due -> {});
            each.due(each.nextStart());
            each.started(run(), 0);
            each.ended(new Outcome(CheckResult.REFUSED, "refused", 0), 0);
            starts.add(each.nextStart());
            assertTrue(each.nextStart() > SECOND * 9 / 10 - TICK && each.nextStart() <= SECOND,
                    each.nextStart() + " ns");
        }
        assertTrue(starts.size() <= 3, () -> starts.size() + " times within 100 ms");
    }

    @Test
    void resultsOfItsOwnMakingDoNotCount() {
        check.targets(Set.of(target));
        next(CheckResult.PASSED, 0);
        for (int i = 0; i < 10; i++) {
            next(i % 2 == 0 ? CheckResult.LATE : CheckResult.RESOURCES, SECOND);
            assertTrue(pause() <= SECOND, "nothing is known, so it is urgent");
        }
        assertEquals(List.of("passed"), target.verdicts());
        assertEquals(11, target.results().size(), "they are counted for people");
    }

    @Test
    void aCheckThatTakesLongerThanThePauseIsFollowedAtOnce() {
        next(CheckResult.TIMEOUT, 3 * SECOND);
        assertEquals(0, pause());
    }

    @Test
    void whoJoinsGetsTheVerdictAtOnce() {
        TestingTarget early = new TestingTarget();
        check.targets(Set.of(early));
        assertEquals(List.of(), early.verdicts());
        next(CheckResult.PASSED, 0);
        check.targets(Set.of(early, target));
        assertEquals(List.of("passed"), target.verdicts());
        assertEquals(List.of("passed"), early.verdicts(), "it has it already");
        check.targets(Set.of(target));
        for (int i = 0; i < 3; i++) {
            next(CheckResult.CLOSED, 0);
        }
        assertEquals(List.of("passed", "failed: closed!"), target.verdicts());
        assertEquals(List.of("passed"), early.verdicts(), "it has left");
        check.targets(Set.of(early, target));
        assertEquals(List.of("passed", "failed: closed!"), early.verdicts());
    }

    @Test
    void aTargetThatThrowsHarmsNobody() {
        AtomicInteger calls = new AtomicInteger();
        CheckTarget defect = new CheckTarget() {
            @Override
            public void passed() {
                calls.incrementAndGet();
                throw new IllegalStateException("for the test");
            }

            @Override
            public void failed(String reason) {}

            @Override
            public void counted(CheckResult result, String reason, long nanos) {
                calls.incrementAndGet();
                throw new IllegalStateException("for the test");
            }
        };
        check.targets(new LinkedHashSet<>(List.of(defect, target)));
        next(CheckResult.PASSED, 0);
        assertEquals(2, calls.get());
        assertEquals(List.of("passed"), target.verdicts());
    }

    @Test
    void aFailedConnectAsksOncePerSecond() {
        next(CheckResult.PASSED, 0);
        next(CheckResult.PASSED, 0);
        long started = now;
        assertTrue(pause() > 4 * SECOND);
        now += SECOND / 2;
        assertTrue(check.askedFor(now));
        assertEquals(started + SECOND, check.nextStart(), "the last check is half a second old");
        assertFalse(check.askedFor(now), "it is due already");
        next(CheckResult.PASSED, 0);
        assertTrue(pause() > 4 * SECOND, "it was answered");
        now += 2 * SECOND;
        assertTrue(check.askedFor(now));
        assertEquals(0, pause(), "at once");
    }

    @Test
    void aFailedConnectDuringACheckMakesTheNextOneUrgent() {
        next(CheckResult.PASSED, 0);
        now = check.nextStart();
        check.due(now);
        check.started(run(), now);
        assertFalse(check.askedFor(now));
        check.ended(new Outcome(CheckResult.PASSED, "", 0), now);
        check.released();
        assertTrue(pause() <= SECOND);
    }

    @Test
    void aFailedConnectToAFailedEndpointIsNoNews() {
        for (int i = 0; i < 3; i++) {
            next(CheckResult.REFUSED, 0);
        }
        long due = check.nextStart();
        assertFalse(check.askedFor(now));
        assertEquals(due, check.nextStart());
    }
}
