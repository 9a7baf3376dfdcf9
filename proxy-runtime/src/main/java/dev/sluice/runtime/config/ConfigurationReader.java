package dev.sluice.runtime.config;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.AccessLogFormat;
import dev.sluice.runtime.config.model.FilterChecks;
import dev.sluice.runtime.config.model.LimitsConfig;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.PluginsConfig;
import dev.sluice.runtime.config.model.RuntimeConfig;
import dev.sluice.runtime.config.model.TransportKind;
import dev.sluice.runtime.memory.MemoryPlan;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.observe.AccessLogTemplate;
import org.jspecify.annotations.Nullable;

/** Reads the top level of all files and the sections of the process. */
final class ConfigurationReader {
    static final int MAX_CONNECTIONS = 10_000_000;

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long TIB = 1L << 40;
    /** Enough for both directions of one connection while another one ends, on each loop. */
    private static final int POOL_BUFFERS_PER_LOOP = 4;

    private static final ScalarParser<SocketAddress> ADMIN_LISTEN = ScalarParser.of(Form.ADDRESS, Addresses::local);

    private enum Broken {
        SKIP,
        REFUSE
    }

    private final Section.Context context;
    private final FilterSource filterSource;
    private final MemoryPlan memoryPlan;
    private final Map<String, Section> once = new HashMap<>();

    /** @param memoryPlan the defaults of {@code memory}, and whether what is written fits */
    ConfigurationReader(Section.Context context, FilterSource filterSource, MemoryPlan memoryPlan) {
        this.context = context;
        this.filterSource = filterSource;
        this.memoryPlan = memoryPlan;
    }

    Draft read(DocumentLoader.Documents documents) {
        for (Section root : documents.roots()) {
            for (String key : List.of("plugins", "runtime", "memory", "limits", "admin", "accessLog")) {
                takeOnce(root, key);
            }
        }
        Section runtimeSection = once.getOrDefault("runtime", documents.main().section("runtime"));
        RuntimeConfig runtime = runtime(runtimeSection);
        Section pluginsSection = once.getOrDefault("plugins", documents.main().section("plugins"));
        PluginsConfig plugins = plugins(pluginsSection);
        FilterCatalog catalog = filterSource.open(plugins);
        FilterReader filters = new FilterReader(context, catalog,
                documents.complete() && !pluginsSection.isWrong("directory"));
        List<Draft.Listener> listeners = new ArrayList<>();
        List<Draft.Cluster> clusters = new ArrayList<>();
        for (Section root : documents.roots()) {
            root.sections("listeners")
                    .forEach(s -> listeners.add(ListenerReader.read(s, filters, runtime.transport())));
            root.sections("clusters").forEach(s -> clusters.add(ClusterReader.read(s)));
            root.refuseOtherKeys();
        }
        // Who looks for a type that is not there has to hear of the plugin that would have brought it.
        boolean refuse = plugins.refuseBroken() || filters.missed();
        catalog.problems().forEach(problem -> broken(pluginsSection, problem, refuse));

        MemoryConfig memory = memory(once.getOrDefault("memory", documents.main().section("memory")), runtime,
                runtimeSection.isWrong("eventLoops"));
        LimitsConfig limits = limits(once.getOrDefault("limits", documents.main().section("limits")));
        return new Draft(runtime, memory, limits, admin(once.get("admin")), accessLog(once.get("accessLog")), plugins,
                documents.main().at("listeners"), listeners, clusters);
    }

    private void takeOnce(Section root, String key) {
        if (!root.has(key)) {
            return;
        }
        Section first = once.get(key);
        if (first == null) {
            once.put(key, root.section(key));
        } else {
            context.problems().add(root.keyAt(key), root.path().key(key),
                    "a second section '" + key + "'; the first is " + first.at().from(root.keyAt(key)),
                    "each section once in all files; only listeners and clusters may stand in several", null);
        }
    }

    private static PluginsConfig plugins(Section section) {
        Located<String> directory = section.optional("directory", Scalars::path);
        Broken broken = section.value("broken", Scalars.choice(Broken.values()), Broken.SKIP);
        section.refuseOtherKeys();
        return new PluginsConfig(directory == null ? null : Path.of(directory.value()), broken == Broken.REFUSE);
    }

    private static void broken(Section section, String problem, boolean refuse) {
        if (refuse) {
            section.problem("directory", problem, null, null);
        } else {
            section.warn("directory", problem);
        }
    }

    private static RuntimeConfig runtime(Section section) {
        // No default for others to see: it is the machine's.
        Located<Integer> eventLoops = section.optional("eventLoops", Scalars.integer(1, 1024));
        RuntimeConfig runtime = new RuntimeConfig(
                eventLoops == null ? Runtime.getRuntime().availableProcessors() : eventLoops.value(),
                section.value("transport", Scalars.choice(TransportKind.values()), TransportKind.AUTO),
                section.value("drainTimeout", Quantities.duration(Duration.ZERO, Duration.ofHours(24)),
                        Duration.ofSeconds(30)),
                section.value("filterChecks", Scalars.choice(FilterChecks.values()), FilterChecks.STANDARD));
        section.refuseOtherKeys();
        return runtime;
    }

    private MemoryConfig memory(Section section, RuntimeConfig runtime, boolean eventLoopsWrong) {
        long readBuffer = section.value("readBuffer", Quantities.size(KIB, 16 * MIB), 64 * KIB);
        long leastPool = POOL_BUFFERS_PER_LOOP * readBuffer * runtime.eventLoops();
        long leastStash = readBuffer * runtime.eventLoops();
        long pool = section.value("pool", Quantities.size(KIB, TIB), memoryPlan.pool(leastPool));
        long stash = section.value("stash", Quantities.size(KIB, TIB), memoryPlan.stash(leastStash));
        long onePipeEach = (long) PipePool.PIPE_BYTES * runtime.eventLoops();
        long pipes = section.value("pipes", Quantities.size(0, TIB), memoryPlan.pipes(onePipeEach));
        if (!eventLoopsWrong && pipes > 0 && pipes < onePipeEach) {
            section.problem("pipes",
                    "pipes " + Quantities.show(pipes) + " is less than one pipe of "
                            + Quantities.show(PipePool.PIPE_BYTES)
                            + " for each of " + runtime.eventLoops() + " event loops",
                    "pipes of at least " + Quantities.show(onePipeEach) + ", or 0 to have bytes always copied",
                    Quantities.show(onePipeEach));
        }
        if (!eventLoopsWrong && !section.isWrong("readBuffer")) {
            atLeast(section, "pool", pool, POOL_BUFFERS_PER_LOOP, readBuffer, runtime.eventLoops());
            atLeast(section, "stash", stash, 1, readBuffer, runtime.eventLoops());
        }
        section.refuseOtherKeys();
        String misfit = memoryPlan.misfit(pool, stash, pipes);
        if (misfit != null && (section.has("pool") || section.has("stash") || section.has("pipes"))) {
            context.problems().warn(section.at(), section.path(), misfit);
        }
        return new MemoryConfig((int) readBuffer, pool, stash, pipes);
    }

    private static void atLeast(Section section, String key, long amount, int buffers, long readBuffer,
            int eventLoops) {
        long needed = buffers * readBuffer * eventLoops;
        if (amount < needed && !section.isWrong(key)) {
            // If only the other side of the sum is written, that is the line to look at.
            String written = section.has(key) || !section.has("readBuffer") ? key : "readBuffer";
            section.problem(written,
                    key + " " + Quantities.show(amount) + " is too small for " + eventLoops
                            + " event loops with a readBuffer of "
                            + Quantities.show(readBuffer),
                    key + " of at least " + Quantities.show(needed) + " = " + buffers + " × eventLoops × readBuffer",
                    written.equals(key) ? Quantities.show(needed) : null);
        }
    }

    private static LimitsConfig limits(Section section) {
        LimitsConfig limits = new LimitsConfig(section.value("maxConnections", Scalars.integer(1, MAX_CONNECTIONS), 0));
        section.refuseOtherKeys();
        return limits;
    }

    private static @Nullable Located<SocketAddress> admin(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        Located<SocketAddress> listen = section.required("listen", ADMIN_LISTEN,
                "an address, such as \"127.0.0.1:9901\"");
        section.refuseOtherKeys("tokenFile");
        return listen;
    }

    private static @Nullable AccessLogConfig accessLog(@Nullable Section section) {
        if (section == null) {
            return null;
        }
        Located<String> path = section.required("path", Scalars::path, "stdout, or the path of a file");
        AccessLogFormat format = section.value("format", Scalars.choice(AccessLogFormat.values()),
                AccessLogFormat.JSON);
        Located<String> template = section.optional("template", Scalars::line);
        if (template != null && format == AccessLogFormat.JSON && !section.isWrong("format")) {
            section.problem("template", "a template has no meaning with format json", "template only with format: text",
                    null);
        } else if (template != null && !section.isWrong("format")) {
            try {
                AccessLogTemplate.parse(template.value());
            } catch (IllegalArgumentException e) {
                section.problem("template", String.valueOf(e.getMessage()),
                        "text with $field in it; braces are written $${field}, as ${…} is an environment variable",
                        null);
            }
        }
        section.refuseOtherKeys();
        return path == null
                ? null
                : new AccessLogConfig(path.value(), format, template == null ? null : template.value());
    }
}
