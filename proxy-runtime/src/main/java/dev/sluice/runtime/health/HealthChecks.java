package dev.sluice.runtime.health;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

import dev.sluice.runtime.loop.LogThrottle;
import dev.sluice.runtime.transport.AddressText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health checks of a server. Methods are for any thread; the checks belong to the thread {@code sluice-health}, which exists from the
 * first call of {@link #keep} that wants one until {@link #close}.
 */
public final class HealthChecks implements AutoCloseable {
    /** The most checks under way, each with a descriptor. Others wait in the order in which they were due. */
    static final int MAX_UNDER_WAY = 64;
    /** The most descriptors: those of the checks, and of the selector. */
    public static final int MAX_DESCRIPTORS = MAX_UNDER_WAY + 2;

    private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

    /** The time for a peer to close its end after a check that went well; short, since the check is one of those under way. */
    private static final Duration FAREWELL = Duration.ofMillis(100);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    /** The identity of a check. */
    private record Key(SocketAddress address, CheckSettings settings) {}

    /**
     * The checks of one address.
     *
     * @param askableAt the time from which a failed connect may ask for them
     */
    private record AddressChecks(AtomicLong askableAt, List<Check> checks) {}

    private final TlsContexts contexts = new TlsContexts();
    private final LogThrottle resourceReports = new LogThrottle(Duration.ofMinutes(1));
    private final CheckLoop loop = new CheckLoop();
    private final CheckRun.Listener results = new Results();
    private final RandomGenerator random;

    /** Checks that are wanted; as the rest below, written by the scheduler's thread alone. */
    private final Map<Key, Check> checks = new LinkedHashMap<>();
    private final Queue<Check> waiting = new ArrayDeque<>();
    private final Set<CheckRun> underWay = ConcurrentHashMap.newKeySet();
    private volatile Map<SocketAddress, AddressChecks> byAddress = Map.of();

    /** No checks, and no thread. */
    public HealthChecks() {
        this(new SplittableRandom());
    }

    /** @param random for the times of checks, used by one thread */
    HealthChecks(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Makes exactly these checks from now on. Those that are running and wanted go on undisturbed, with their counts; the same call
     * serves the start, a reload, and new answers of a name or file. Returns before it has happened; calls are carried out in their order.
     * A target that is left out may get the result of a check that ends at this moment.
     */
    public void keep(Collection<Wanted> wanted) {
        if (wanted.isEmpty() && !loop.isStarted()) {
            return;
        }
        Map<Key, Set<CheckTarget>> targets = new LinkedHashMap<>();
        for (Wanted one : wanted) {
            targets.computeIfAbsent(new Key(one.address(), one.settings()), missing -> new LinkedHashSet<>())
                    .add(one.target());
        }
        loop.start();
        loop.execute(() -> apply(targets));
    }

    /**
     * Reports that a connect of a client to an endpoint has failed: the checks of its address are made as soon as the last one is a second
     * old. Cheap and without a lock but once per second and address, so that an event loop may call it for each failure.
     */
    public void checkSoon(SocketAddress address) {
        AddressChecks asked = byAddress.get(address);
        if (asked == null) {
            return;
        }
        long now = System.nanoTime();
        long from = asked.askableAt.get();
        if (now - from >= 0 && asked.askableAt.compareAndSet(from, now + CheckSchedule.URGENT_NANOS)) {
            loop.execute(() -> checkNow(asked.checks));
        }
    }

    /** Ends all checks and their thread, and waits for that. Nothing is checked afterwards. */
    @Override
    public void close() {
        loop.close();
        // None is added now.
        for (CheckRun run : underWay) {
            run.cancel();
        }
        for (CheckRun run : underWay) {
            run.awaitEnd(CLOSE_PATIENCE);
        }
        underWay.clear();
    }

    /** The number of checks under way, those that wait for the peer to close included. */
    int underWay() {
        return underWay.size();
    }

    private void apply(Map<Key, Set<CheckTarget>> wanted) {
        for (Iterator<Map.Entry<Key, Check>> running = checks.entrySet().iterator(); running.hasNext();) {
            Map.Entry<Key, Check> entry = running.next();
            if (!wanted.containsKey(entry.getKey())) {
                loop.disarm(entry.getValue().timer());
                entry.getValue().drop();
                running.remove();
            }
        }
        waiting.removeIf(Check::isDropped);
        long now = System.nanoTime();
        wanted.forEach((key, targets) -> {
            Check check = checks.get(key);
            if (check == null) {
                check = new Check(key.address, key.settings, random, now, this::due);
                checks.put(key, check);
                plan(check);
            }
            check.targets(targets);
        });
        index(now);
    }

    private void index(long now) {
        Map<SocketAddress, AddressChecks> before = byAddress;
        Map<SocketAddress, AddressChecks> index = HashMap.newHashMap(checks.size());
        Set<TlsProbe> probes = new HashSet<>();
        for (Check check : checks.values()) {
            TlsProbe tls = check.settings().handshakeFor(check.address());
            if (tls != null) {
                probes.add(tls);
            }
            index.computeIfAbsent(check.address(), address -> {
                AddressChecks known = before.get(address);
                return new AddressChecks(known == null ? new AtomicLong(now) : known.askableAt, new ArrayList<>());
            }).checks.add(check);
        }
        byAddress = index;
        contexts.retain(probes);
    }

    private void checkNow(List<Check> asked) {
        long now = System.nanoTime();
        for (Check check : asked) {
            if (!check.isDropped() && check.askedFor(now)) {
                plan(check);
            }
        }
    }

    private void plan(Check check) {
        loop.arm(check.timer(), check.nextStart());
    }

    private void due(Check check) {
        check.due(System.nanoTime());
        if (check.isReady()) {
            waiting.add(check);
            startWaiting();
        }
    }

    private void startWaiting() {
        while (underWay.size() < MAX_UNDER_WAY) {
            Check next = waiting.poll();
            if (next == null) {
                return;
            }
            start(next);
        }
    }

    private void start(Check check) {
        long now = System.nanoTime();
        TlsProbe tls = check.settings().handshakeFor(check.address());
        CheckRun run = tls != null
                ? new ThreadRun(check, tls, contexts, results, now)
                : new SelectedRun(check, loop, results, now);
        check.started(run, now);
        underWay.add(run);
        loop.arm(run.expiry(), now + check.settings().timeout().toNanos());
        try {
            run.start();
        } catch (OutOfMemoryError e) {
            ended(run, new Outcome(CheckResult.RESOURCES, "no thread can be started", 0));
            release(run);
        }
    }

    private void ended(CheckRun run, Outcome outcome) {
        Check check = run.check();
        if (check.isDropped()) {
            return;
        }
        long now = System.nanoTime();
        if (outcome.result() == CheckResult.RESOURCES) {
            long leftOut = resourceReports.admit(now);
            if (leftOut != LogThrottle.NOT_NOW) {
                LOG.warn("The health check of {} could not be made: {}{}. Its endpoint keeps the state that it has.",
                        AddressText.of(check.address()), outcome.reason(), LogThrottle.leftOut(leftOut));
            }
        }
        check.ended(outcome, now);
        plan(check);
    }

    private void release(CheckRun run) {
        loop.disarm(run.expiry());
        underWay.remove(run);
        Check check = run.check();
        check.released();
        if (check.isReady()) {
            waiting.add(check);
        }
        startWaiting();
    }

    /** The way of results from the threads of checks to that of the scheduler. */
    private final class Results implements CheckRun.Listener {
        @Override
        public void answered(CheckRun run, Outcome outcome, boolean over) {
            loop.execute(() -> {
                ended(run, outcome);
                if (over) {
                    release(run);
                } else {
                    loop.arm(run.expiry(), System.nanoTime() + FAREWELL.toNanos());
                }
            });
        }

        @Override
        public void over(CheckRun run) {
            loop.execute(() -> release(run));
        }
    }
}
