package dev.sluice.runtime.relay;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.loop.EventLoop;
import dev.sluice.runtime.loop.Timer;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.Journal;
import dev.sluice.runtime.transport.StreamSocket;
import org.jspecify.annotations.Nullable;

/**
 * The relays of one event loop. Used on that loop's thread, except for {@link #assign}, {@link #connections}, {@link #adopt} and {@link
 * #walk}.
 */
public final class Worker {
    private final EventLoop loop;
    private final ConnectionLimit processLimit;
    private final DescriptorReserve reserve;
    private final SelfConnections self;
    private final Journal journal;
    private final PeriodicEntries periodic = new PeriodicEntries();
    private final CapturePoint captures;
    /** Connections assigned and not ended; counted when assigned, so that a burst is spread evenly. */
    private final AtomicInteger connections = new AtomicInteger();
    private final RelayList relays = new RelayList();
    /** Whether the server drains. Owned by the loop. */
    private boolean draining;

    /**
     * A worker without relays.
     *
     * @param processLimit over all workers; each of their relays gives back its place in it
     * @param journal of the server
     */
    public Worker(EventLoop loop, ConnectionLimit processLimit, DescriptorReserve reserve, SelfConnections self,
            Journal journal) {
        this.loop = loop;
        this.processLimit = processLimit;
        this.reserve = reserve;
        this.self = self;
        this.journal = journal;
        this.captures = new CapturePoint(loop, visitor -> walk(0, new CompletableFuture<>(), visitor, () -> {}));
        journal.whenSwitched(() -> loop.execute(periodic::update));
    }

    /** The loop that all relays of this worker belong to. */
    public EventLoop loop() {
        return loop;
    }

    /** Connections that belong to this worker now; any thread. */
    public int connections() {
        return connections.get();
    }

    ConnectionLimit processLimit() {
        return processLimit;
    }

    DescriptorReserve reserve() {
        return reserve;
    }

    SelfConnections self() {
        return self;
    }

    /** The journal of the server. Any thread. */
    public Journal journal() {
        return journal;
    }

    /** The captures that see connections of this worker. */
    public CapturePoint captures() {
        return captures;
    }

    /** The worker with the fewest connections, which is counted as having one more. Any thread. */
    static Worker assign(List<Worker> workers) {
        Worker least = workers.getFirst();
        for (int i = 1; i < workers.size(); i++) {
            Worker other = workers.get(i);
            if (other.connections() < least.connections()) {
                least = other;
            }
        }
        least.connections.incrementAndGet();
        return least;
    }

    /** Takes over a client that was assigned to this worker. Any thread. */
    void adopt(Serving serving, long id, StreamSocket client) {
        // The loop handles the events of this turn, among them the proxy's own connects, before the mailbox.
        if (loop.isInLoop() && !self.isDialling()) {
            new Relay(this, serving, id, client).start();
        } else {
            loop.execute(() -> new Relay(this, serving, id, client).start());
        }
    }

    void add(Relay relay) {
        relays.add(relay);
        periodic.startIfWanted();
    }

    void remove(Relay relay) {
        relays.remove(relay);
        connections.decrementAndGet();
    }

    /** Ends the clients in the tarpit, now and from now on: a drain should not wait for them. On the loop. */
    public void drain() {
        draining = true;
        for (Relay relay = relays.first(), next; relay != null; relay = next) {
            next = relay.next;
            if (relay.state() == RelayState.TARPIT) {
                relay.close(CloseReason.FILTER_TARPITTED);
            }
        }
    }

    boolean draining() {
        return draining;
    }

    /** Cuts every relay. @return their number, without those whose PROXY header is not complete: no byte of a client is lost with them */
    public int closeAll(CloseReason reason) {
        int cut = 0;
        for (Relay relay = relays.first(); relay != null; relay = relays.first()) {
            cut += relay.state() == RelayState.HEADER ? 0 : 1;
            relay.close(reason);
        }
        return cut;
    }

    /**
     * Closes the connections whose settings were last used by a generation, spread over a period; see
     * {@link DrainSchedule}. Any thread.
     *
     * @param start by {@link System#nanoTime}
     * @param period in nanoseconds; 0 = all at once
     */
    public void drainGeneration(long generation, long start, long period) {
        drain(() -> true, connection -> connection.generation() == generation, CloseReason.GENERATION_DRAINED,
                new DrainSchedule(start, period));
    }

    /**
     * Closes the connections to an endpoint, spread over a period; see {@link DrainSchedule}. Any thread.
     *
     * @param applies whether that is still wanted; asked on the loop, before each look at the connections
     * @param start by {@link System#nanoTime}
     * @param period in nanoseconds; 0 = all at once, a few in each turn of the loop
     */
    public void drainEndpoint(EndpointState endpoint, BooleanSupplier applies, CloseReason reason, long start,
            long period) {
        drain(applies, connection -> connection.currentEndpoint() == endpoint, reason,
                new DrainSchedule(start, period));
    }

    private void drain(BooleanSupplier applies, Predicate<DialledConnection> concerns, CloseReason reason,
            DrainSchedule schedule) {
        PacedDrain drain = new PacedDrain(loop, (answer, visitor, done) -> walk(0, answer, visitor, done), applies,
                concerns, reason, schedule);
        loop.execute(drain::start);
    }

    /**
     * Connections of a generation, and the first of them.
     *
     * @param oldestId the lowest id; 0 = there is none
     * @param oldestAgeNanos its time since accept
     */
    public record Census(long connections, long oldestId, long oldestAgeNanos) {}

    /** Counts the connections whose settings were last used by a generation. Any thread. */
    public CompletableFuture<Census> count(long generation) {
        CompletableFuture<Census> answer = new CompletableFuture<>();
        long[] found = new long[3];
        walk(0, answer, relay -> {
            if (relay.generation() == generation && found[0]++ == 0) {
                found[1] = relay.id();
                found[2] = relay.ageNanos();
            }
            return ConnectionVisitor.LOOK;
        }, () -> answer.complete(new Census(found[0], found[1], found[2])));
        return answer;
    }

    /**
     * Visits the relays with an id above {@code after}, in the order of their ids; each turn of the loop does a part of it. Any thread.
     *
     * @param answer the result; the walk ends once it is complete, and a failure completes it
     * @param done run at the end
     */
    void walk(long after, CompletableFuture<?> answer, ConnectionVisitor visitor, Runnable done) {
        loop.execute(new Visit(after, answer, visitor, done));
    }

    /** A walk over the relays with ids above a given one, in order; each turn of the loop does a part of it. */
    private final class Visit implements Runnable {
        private final CompletableFuture<?> answer;
        private final ConnectionVisitor visitor;
        private final Runnable done;
        private RelayList.@Nullable Walk walk;
        private long passed;

        Visit(long after, CompletableFuture<?> answer, ConnectionVisitor visitor, Runnable done) {
            this.passed = after;
            this.answer = answer;
            this.visitor = visitor;
            this.done = done;
        }

        @Override
        public void run() {
            RelayList.Walk current = walk;
            if (current == null) {
                current = relays.walk(passed);
                walk = current;
            }
            try {
                if (advance(current)) {
                    loop.executeNextTurn(this);
                    return;
                }
                done.run();
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
            relays.end(current);
        }

        /** Does the part of one turn. @return whether something is left */
        private boolean advance(RelayList.Walk current) {
            int budget = ConnectionVisitor.TURN;
            while (budget > 0 && !answer.isDone()) {
                budget = relays.seek(current, passed, budget);
                if (budget > 0) {
                    Relay relay = current.found();
                    if (relay == null) {
                        return false;
                    }
                    passed = relay.id();
                    int cost = visitor.visit(relay);
                    if (cost == ConnectionVisitor.STOP) {
                        return false;
                    }
                    budget -= cost;
                }
            }
            return !answer.isDone();
        }
    }

    /**
     * The periodic entries of the journal: a walk over all relays several times in each period. An entry is due when a
     * period since the accept has ended between two walks, so relays keep nothing for it. While there is no relay, or
     * no such entry is wanted, nothing is done.
     */
    private final class PeriodicEntries extends Timer implements Runnable {
        /** The part of a period by which an entry may be late. */
        private static final int WALKS_PER_PERIOD = 16;
        private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
        private static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

        private RelayList.@Nullable Walk walk;
        private long passed;
        private long period;
        /** The end of the time that has been dealt with. */
        private long since;
        private long until;

        void startIfWanted() {
            if (!armed() && walk == null && journal.periodNanos() > 0) {
                since = loop.now();
                pause();
            }
        }

        /** Follows the journal, which was switched. */
        void update() {
            startIfWanted();
            if (armed() && journal.periodNanos() > 0) {
                pause();
            }
        }

        private void pause() {
            loop.timers().arm(this, loop.now() + Math.clamp(journal.periodNanos() / WALKS_PER_PERIOD,
                    SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS));
        }

        @Override
        protected void onExpiry(long now) {
            period = journal.periodNanos();
            if (period > 0 && relays.first() != null) {
                until = now;
                passed = 0;
                walk = relays.walk(0);
                loop.executeNextTurn(this);
            }
        }

        @Override
        public void run() {
            RelayList.Walk current = walk;
            boolean goesOn = false;
            try {
                goesOn = current != null && advance(current);
            } finally {
                if (goesOn) {
                    loop.executeNextTurn(this);
                } else {
                    end(current);
                }
            }
        }

        private void end(RelayList.@Nullable Walk ended) {
            if (ended != null) {
                relays.end(ended);
            }
            walk = null;
            since = until;
            pause();
        }

        /** Does the part of one turn. @return whether something is left */
        private boolean advance(RelayList.Walk current) {
            for (int budget = ConnectionVisitor.TURN; budget > 0;) {
                budget = relays.seek(current, passed, budget);
                if (budget > 0) {
                    Relay relay = current.found();
                    if (relay == null) {
                        return false;
                    }
                    passed = relay.id();
                    if (RelayDeadlines.periodEnded(relay.accepted(), period, since, until)) {
                        journal.record(relay.entry(AccessEvent.PERIODIC, null));
                        budget -= ConnectionVisitor.VIEW;
                    }
                }
            }
            return true;
        }

        @Override
        protected void onExpiryFailed(Throwable failure) {
            walk = null;
        }
    }
}
