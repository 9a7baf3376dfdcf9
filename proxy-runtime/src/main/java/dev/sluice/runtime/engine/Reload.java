package dev.sluice.runtime.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.engine.Change.Action;
import dev.sluice.runtime.engine.Listeners.Open;
import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.SelfConnections;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.wiring.Generation;
import dev.sluice.runtime.wiring.GenerationBuilder;

/**
 * The reload of a server's configuration: whole, or not at all. Everything that can fail comes first, and is undone if
 * something does; then nothing can fail. One reload at a time.
 *
 * <pre>
 *   keys that need a restart, backlog, descriptors     refused, all of them at once
 *   first answers of new names and files               for 5 s at most
 *   build the generation                               refused, with all problems
 *   nothing changed                                    unchanged: no new generation
 *   outer parts (access log, admin), new sockets,
 *   endpoints that lead back                           refused; closes what was opened
 *   filters take over state
 *   ─────────── nothing below can fail; a drain waits, or has come first and then refuses ───────────
 *   limits · acceptors · outer parts · publish
 *   removed sockets take in their backlogs, and are closed
 *   barrier: no connection of the old generation begins from here on
 *   filters of the old generation are closed after their last connections
 * </pre>
 */
final class Reload {
    private static final Duration LOOP_PATIENCE = Duration.ofSeconds(5);
    /** The time for which a socket may wait for room when another one has taken over its port. */
    private static final long MOVE_NANOS = Duration.ofSeconds(1).toNanos();

    /** The parts of the server that take part. */
    record Parts(Transport transport, MachineAddresses machine, CurrentState state, Generations generations,
            Listeners listeners, EventLoops loops, ConnectionLimit processLimit, SelfConnections self,
            GenerationBuilder builder, PluginCare plugins, long ownDescriptors, List<ReloadPart> outer,
            Closer closer, Upstreams upstreams) {}

    private final Parts server;
    /** Held for the part of a reload that cannot fail, and by a drain when it begins. */
    private final ReentrantLock transition;
    private final ConfigSource source;
    private final Configuration next;
    private final PluginRegistry plugins;
    private final Generation before;
    private final List<ReloadPart.Step> steps = new ArrayList<>();
    /** The keys that would need a restart. */
    private final List<Problem> restart;

    /** @param transition held by a drain when it begins */
    Reload(Parts server, ReentrantLock transition, ConfigSource source, Configuration next, PluginRegistry plugins) {
        this.source = source;
        this.server = server;
        this.transition = transition;
        this.before = server.generations.serving();
        this.next = RestartKeys.carryOver(before.configuration(), next);
        this.plugins = plugins;
        this.restart = RestartKeys.changed(before.configuration(), next, server.transport.name());
    }

    private void requireServing() {
        if (server.state.get() != ServerState.READY) {
            throw new EngineException("the server is " + server.state.get().label()
                    + ": its configuration cannot change any more");
        }
    }

    /**
     * Finds out what a reload would do, and changes nothing.
     *
     * @throws ProblemsException with all problems that filters find
     * @throws EngineException if the reload would be refused
     */
    ReloadOutcome plan() throws ProblemsException {
        requireServing();
        ListenerChange sockets = new ListenerChange(server.listeners, server.transport, next);
        check(sockets);
        Generation after = build();
        try {
            return outcome(ReloadOutcome.Kind.PLANNED, changes(after, sockets));
        } finally {
            forget(after);
        }
    }

    /**
     * Reloads.
     *
     * @throws ProblemsException with all problems that filters find; nothing has changed
     * @throws EngineException if the reload is refused; nothing has changed
     */
    ReloadOutcome run() throws ProblemsException {
        requireServing();
        ListenerChange sockets = new ListenerChange(server.listeners, server.transport, next);
        int maxConnections = check(sockets);
        server.closer.start();
        server.upstreams.prepare(before.configuration(), next);
        Generation after = build();
        List<Change> changes;
        List<Open> removed;
        boolean opened = false;
        try {
            changes = changes(after, sockets);
            if (changes.stream().allMatch(change -> change.action() == Action.KEPT)) {
                forget(after);
                return outcome(ReloadOutcome.Kind.UNCHANGED, changes);
            }
            for (ReloadPart part : server.outer) {
                steps.add(part.prepare(before.configuration(), next));
            }
            opened = true;
            sockets.open(after.listeners(), true);
            SelfDialCheck.check(next, sockets.addresses(), server.machine);
            after.inherit(before);
            removed = commit(after, sockets, maxConnections);
        } catch (RuntimeException | Error e) {
            steps.forEach(ReloadPart.Step::undo);
            if (opened) {
                sockets.undo(server.loops.turning());
            }
            forget(after);
            throw e;
        }
        finish(after, sockets, removed);
        return outcome(ReloadOutcome.Kind.APPLIED, changes);
    }

    /**
     * Refuses what this process cannot do, with all reasons at once.
     *
     * @return the most connections of the process: its descriptors suffice, without those that are open now
     */
    private int check(ListenerChange sockets) {
        DescriptorBudget descriptors = DescriptorBudget.of(next, server.transport.hasPipes(), server.ownDescriptors);
        List<Problem> refusals = new ArrayList<>(restart);
        refusals.addAll(sockets.refusals());
        refusals.addAll(descriptors.refusals(next));
        if (!refusals.isEmpty()) {
            throw new EngineException(refusals);
        }
        return descriptors.maxConnections();
    }

    /** What differs, and what parts of the server have lost since. */
    private List<Change> changes(Generation after, ListenerChange sockets) {
        List<Change> changes = new ArrayList<>(ConfigDiff.of(before, after, sockets));
        for (ReloadPart part : server.outer) {
            part.repair().filter(repair -> changes.stream().noneMatch(known -> known.kind() == repair.kind()
                    && known.name().equals(repair.name()))).ifPresent(changes::addFirst);
        }
        return changes;
    }

    private Generation build() throws ProblemsException {
        try {
            return server.builder.build(before.number() + 1, next, plugins, before);
        } catch (ProblemsException | RuntimeException | Error e) {
            server.upstreams.settle(before.configuration());
            prune(before.configuration());
            throw e;
        }
    }

    /** Removes the states that nothing needs; clients may still come to listeners that ended a moment ago. */
    private void prune(Configuration serving) {
        Set<String> ending = server.generations.retired().stream().map(entry -> entry.listener().name())
                .collect(Collectors.toSet());
        before.running().prune(serving, ending);
    }

    /** Gives back a generation that does not serve, and the states that were made for its names. */
    private void forget(Generation after) {
        after.discard(before);
        server.upstreams.settle(before.configuration());
        prune(before.configuration());
    }

    /** The steps that cannot fail. @return the sockets that are not in use any more */
    private List<Open> commit(Generation after, ListenerChange sockets, int maxConnections) {
        transition.lock();
        try {
            requireServing();
            List<Open> removed = sockets.removed();
            server.processLimit.max(maxConnections);
            server.generations.publish(after, source);
            sockets.commit(after.listeners(), true);
            server.upstreams.publish(after, server.listeners.addresses(), server.machine);
            server.self.listenOn(SelfDialCheck.ports(server.listeners.addresses()));
            steps.forEach(ReloadPart.Step::commit);
            return removed;
        } finally {
            transition.unlock();
        }
    }

    /** Retires what ended with the old generation, once no further connection can begin with it. */
    private void finish(Generation after, ListenerChange sockets, List<Open> removed) {
        long now = System.nanoTime();
        long removal = now + next.runtime().drainTimeout().toNanos();
        // Until it is closed, the old socket keeps clients from the new one.
        long move = Math.min(removal, now + MOVE_NANOS);
        List<ListenerGeneration> ended = new ArrayList<>(before.listenersNotIn(after));
        for (Open open : removed) {
            // Connections that wait in its backlog still begin with the old settings.
            ListenerGeneration last = open.acceptor().serving().listener();
            CompletableFuture<Void> closed = server.listeners.finish(open.acceptor(),
                    sockets.isMove(open) ? move : removal);
            if (ended.remove(last)) {
                server.generations.retireAfter(closed, last, () -> server.loops.passBarrier(LOOP_PATIENCE));
            }
        }
        server.loops.passBarrier(LOOP_PATIENCE);
        ended.forEach(server.generations::retire);
        prune(next);
        server.plugins.serving(after, before);
    }

    private ReloadOutcome outcome(ReloadOutcome.Kind kind, List<Change> changes) {
        return new ReloadOutcome(kind, before.number(),
                kind == ReloadOutcome.Kind.UNCHANGED ? before.number() : before.number() + 1, changes);
    }
}
