package dev.sluice.runtime.plugin;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.runtime.observe.PluginLoaderStates;
import dev.sluice.runtime.observe.PluginLoaderView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The class loaders of all plugins that a server has served with, as long as they are in memory. Keeps none of them
 * there. One that stays although no generation has it is named in the log, once, with the probable reason: a plugin
 * that is replaced every day and leaks its loader fills the metaspace in some weeks. Any thread.
 */
public final class PluginLoaders {
    private static final Logger LOG = LoggerFactory.getLogger(PluginLoaders.class);
    /** The time for threads of the plugin to notice that it was closed. */
    static final Duration PATIENCE = Duration.ofMinutes(10);

    private final List<Tracked> tracked = new ArrayList<>();
    private final Map<PluginRegistry, Set<Tracked>> current = new HashMap<>();
    private long collected;

    /** A loader, from its first generation until it is collected. */
    private static final class Tracked {
        private final WeakReference<ClassLoader> loader;
        private final String plugin;
        private final @Nullable String version;
        private final long generation;
        private final Instant since;
        private boolean retired;
        private long retiredAt;
        /** The witness of a collection since it was retired; null = there was no check since then. */
        private @Nullable CollectionWitness witness;
        private @Nullable String keptBy;

        Tracked(LoadedPlugin plugin, long generation, Instant since) {
            this.loader = new WeakReference<>(plugin.loader());
            this.plugin = plugin.name();
            this.version = plugin.version();
            this.generation = generation;
            this.since = since;
        }

        boolean isOverdue(long now) {
            return retired && keptBy == null && witness != null && witness.isOver()
                    && now - retiredAt >= PATIENCE.toNanos();
        }

        PluginLoaderView view() {
            return new PluginLoaderView(plugin, version, generation, since, !retired, keptBy);
        }
    }

    /**
     * Tracks the plugins of a registry that serves from now on. Those that an earlier registry had keep their
     * generation.
     *
     * @param registry not closed yet
     * @param generation the generation that has it
     * @param since the start of that generation
     */
    public synchronized void opened(PluginRegistry registry, long generation, Instant since) {
        Set<Tracked> its = new HashSet<>();
        for (LoadedPlugin plugin : registry.loaded()) {
            its.add(tracked(plugin, generation, since));
        }
        current.put(registry, its);
    }

    private Tracked tracked(LoadedPlugin plugin, long generation, Instant since) {
        for (Tracked each : tracked) {
            if (each.loader.refersTo(plugin.loader())) {
                each.retired = false;
                each.keptBy = null;
                return each;
            }
        }
        Tracked made = new Tracked(plugin, generation, since);
        tracked.add(made);
        return made;
    }

    /** Whether a registry has a plugin that no other current one has, so that its retirement concerns any. */
    public synchronized boolean hasOwn(PluginRegistry registry) {
        Set<Tracked> its = new HashSet<>(current.getOrDefault(registry, Set.of()));
        current.forEach((other, theirs) -> {
            if (!other.equals(registry)) {
                its.removeAll(theirs);
            }
        });
        return !its.isEmpty();
    }

    /**
     * Retires the plugins of a registry that no other current one has. To be called after the last generation with that
     * registry has ended: its filters and the registry are closed. Does nothing if the registry is not current.
     */
    public synchronized void retired(PluginRegistry registry, long nowNanos) {
        Set<Tracked> its = current.remove(registry);
        if (its == null) {
            return;
        }
        current.values().forEach(its::removeAll);
        for (Tracked each : its) {
            each.retired = true;
            each.retiredAt = nowNanos;
            each.witness = null;
        }
    }

    /**
     * Looks after the retired ones. To be called every few seconds or minutes; costs next to nothing unless one is
     * overdue.
     */
    public void check(long nowNanos) {
        for (String sentence : overdue(nowNanos)) {
            LOG.warn("{}", sentence);
        }
    }

    private synchronized List<String> overdue(long now) {
        forgetCollected();
        CollectionWitness begun = null;
        LoaderThreads threads = null;
        List<String> sentences = new ArrayList<>();
        for (Tracked each : tracked) {
            if (each.retired && each.witness == null) {
                // Not at the retirement: who closes things may still have references to them on its stack.
                begun = begun == null ? new CollectionWitness() : begun;
                each.witness = begun;
            }
            ClassLoader loader = each.isOverdue(now) ? each.loader.get() : null;
            if (loader != null) {
                threads = threads == null ? new LoaderThreads() : threads;
                each.keptBy = threads.reason(loader);
                sentences.add("plugin " + each.plugin + " of generation " + each.generation + " is still in memory: "
                        + each.keptBy);
            }
        }
        return sentences;
    }

    /** The states now. */
    public synchronized PluginLoaderStates states() {
        forgetCollected();
        int retired = (int) tracked.stream().filter(each -> each.retired).count();
        return new PluginLoaderStates(tracked.size() - retired, retired, collected,
                tracked.stream().map(Tracked::view).toList());
    }

    private void forgetCollected() {
        int before = tracked.size();
        tracked.removeIf(each -> each.loader.refersTo(null));
        collected += before - tracked.size();
    }
}
