package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.observe.PluginLoaderStates;
import dev.sluice.runtime.observe.PluginLoaderView;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingJar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The loaders of plugins that are replaced: they go, and one that does not is named. */
class PluginLoadersTest {
    private static final Instant SINCE = Instant.parse("2026-11-28T00:00:00Z");
    private static final long PATIENCE = PluginLoaders.PATIENCE.toNanos();
    private static final long TICK = Duration.ofSeconds(30).toNanos();
    private static final String UNKNOWN = "perhaps an idle thread of a pool, a ThreadLocal of an event loop, a shutdown"
            + " hook or a JDK registry such as DriverManager keeps it";

    private static final ThreadLocal<Object> LEFT = new ThreadLocal<>();

    @TempDir
    Path plugins;
    private final PluginLoaders loaders = new PluginLoaders();
    private final Logger logger = (Logger) LoggerFactory.getLogger(PluginLoaders.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    /** A clock that is about to wrap around. */
    private long now = Long.MAX_VALUE - TICK;

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private List<String> logged() {
        return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private PluginRegistry open() {
        return PluginRegistry.open(plugins, List.of());
    }

    private PluginRegistry after(PluginRegistry previous) {
        return PluginRegistry.open(plugins, List.of(), previous);
    }

    private void end(PluginRegistry registry) {
        registry.close();
        loaders.retired(registry, now);
        loaders.check(now);
    }

    private static FilterProvider<?> provider(PluginRegistry registry) {
        return Objects.requireNonNull(registry.providers().get("audit"), () -> "" + registry.problems());
    }

    /** The states after a full collection, once they are as wanted. */
    private PluginLoaderStates collected(String what, int retired) {
        return Await.value(what, () -> {
            System.gc();
            return loaders.states();
        }, states -> states.retired() == retired);
    }

    private TestingVersions audit(String more) throws IOException {
        return new TestingVersions(TestingJar.create().provider("com.example.Audit", "audit", "", more),
                "com.example.Audit");
    }

    private static PluginLoaderView view(int version, long generation, boolean serving) {
        return new PluginLoaderView("audit", version + ".0", generation, SINCE.plusSeconds(generation), serving, null);
    }

    private PluginRegistry serve(PluginRegistry registry, long generation) {
        loaders.opened(registry, generation, SINCE.plusSeconds(generation));
        return registry;
    }

    @Test
    void aLoaderServesAsLongAsAnyGenerationHasIt() throws IOException {
        TestingVersions audit = audit("");
        Path jar = audit.write(1, plugins.resolve("audit.jar"));
        PluginRegistry first = serve(open(), 1);
        PluginRegistry second = serve(after(first), 2);
        assertEquals(new PluginLoaderStates(1, 0, 0, List.of(view(1, 1, true))), loaders.states());
        end(first);
        assertEquals(new PluginLoaderStates(1, 0, 0, List.of(view(1, 1, true))), loaders.states());
        audit.write(2, jar);
        PluginRegistry third = serve(after(second), 3);
        assertEquals(List.of(view(1, 1, true), view(2, 3, true)), loaders.states().loaders());
        // Until its last connection has ended.
        FilterProvider<?> pinned = provider(second);
        end(second);
        assertEquals(new PluginLoaderStates(1, 1, 0, List.of(view(1, 1, false), view(2, 3, true))), loaders.states());
        assertEquals("audit", pinned.type());
        pinned = provider(third);
        assertEquals(new PluginLoaderStates(1, 0, 1, List.of(view(2, 3, true))),
                collected("the first loader to go", 0));
        assertEquals("audit", pinned.type());
        end(third);
        pinned = provider(serve(open(), 4));
        assertEquals(2, collected("the second loader to go", 0).collected());
        assertEquals("audit", pinned.type());
        assertEquals(List.of(), logged());
    }

    @Test
    void ofTwoHundredReplacementsThreeAreAlive() throws IOException {
        TestingVersions audit = audit("");
        Path jar = audit.write(0, plugins.resolve("audit.jar"));
        PluginRegistry serving = serve(open(), 0);
        for (int generation = 1; generation <= 200; generation++) {
            audit.write(generation, jar);
            PluginRegistry next = serve(after(serving), generation);
            assertEquals(List.of(), next.problems());
            assertEquals("audit", provider(next).type());
            end(serving);
            serving = next;
            now += TICK;
            loaders.check(now);
            if (generation % 50 == 0) {
                PluginLoaderStates states = Await.value("no more than three loaders", () -> {
                    System.gc();
                    return loaders.states();
                }, it -> it.serving() + it.retired() <= 3);
                assertEquals(generation + 1, states.collected() + states.serving() + states.retired());
                assertEquals(1, states.serving());
            }
        }
        assertEquals(List.of(), logged());
        end(serving);
    }

    /** Of two editions that do the same, each has a thread of its own. */
    @Test
    void aPluginThatLeaksAThreadIsNamed() throws Exception {
        TestingVersions audit = audit("""
                public static volatile boolean over;
                static {
                    Thread flush = new Thread(() -> {
                        while (!over) {
                            java.util.concurrent.locks.LockSupport.park();
                        }
                    }, "audit-\\nflush");
                    flush.setDaemon(true);
                    flush.start();
                }
                """);
        Path jar = audit.write(1, plugins.resolve("audit.jar"));
        PluginRegistry first = serve(open(), 7);
        audit.write(2, jar);
        PluginRegistry second = serve(after(first), 8);
        ClassLoader loader = provider(first).getClass().getClassLoader();
        end(first);

        // A collection alone is not enough, nor is time alone.
        now += PATIENCE - 1;
        CollectionWitness witness = new CollectionWitness();
        Await.until("a collection", () -> {
            System.gc();
            return witness.isOver();
        });
        loaders.check(now);
        assertEquals(List.of(), logged());
        now++;
        loaders.check(now);
        String reason = "a thread \"audit-?flush\" runs in it";
        assertEquals(List.of("plugin audit of generation 7 is still in memory: " + reason), logged());
        assertEquals(reason, loaders.states().loaders().getFirst().keptBy());
        assertEquals(null, loaders.states().loaders().getLast().keptBy());
        now += 10 * PATIENCE;
        loaders.check(now);
        assertEquals(1, logged().size());

        end(loader);
        loader = null;
        assertEquals(1, collected("the loader without its thread", 0).collected());
        end(provider(second).getClass().getClassLoader());
        end(second);
    }

    private static void end(ClassLoader loader) throws ReflectiveOperationException {
        loader.loadClass("com.example.Audit").getField("over").set(null, true);
        Thread.getAllStackTraces().keySet().stream().filter(it -> it.getName().equals("audit-\nflush"))
                .forEach(java.util.concurrent.locks.LockSupport::unpark);
    }

    @Test
    void aThreadIsFoundByItsContextToo() throws Exception {
        audit("").write(1, plugins.resolve("audit.jar"));
        PluginRegistry registry = open();
        ClassLoader child = new ClassLoader("child", provider(registry).getClass().getClassLoader()) {
        };
        try (ExecutorService pool = Executors.newFixedThreadPool(5, task -> new Thread(task, "timer"))) {
            assertEquals(UNKNOWN, new LoaderThreads().reason(Objects.requireNonNull(child.getParent())));
            for (int i = 1; i <= 5; i++) {
                pool.submit(() -> Thread.currentThread().setContextClassLoader(child)).get();
                String expected = switch (i) {
                    case 1 -> "a thread \"timer\" runs in it";
                    case 2 -> "threads \"timer\", \"timer\" run in it";
                    case 3 -> "threads \"timer\", \"timer\", \"timer\" run in it";
                    default -> "threads \"timer\", \"timer\", \"timer\" and " + (i - 3) + " more run in it";
                };
                assertEquals(expected, new LoaderThreads().reason(Objects.requireNonNull(child.getParent())));
            }
        }
        registry.close();
    }

    /** Loops live for ever, and what plugins leave in their ThreadLocals with them. */
    @Test
    void aLeakWithoutAThreadIsNamedWithGuesses() throws Exception {
        audit("").write(1, plugins.resolve("audit.jar"));
        try (ExecutorService loop = Executors.newSingleThreadExecutor()) {
            PluginRegistry registry = serve(open(), 3);
            loop.submit(() -> LEFT.set(provider(registry))).get();
            end(registry);
            now += PATIENCE;
            Await.until("the leak to be named", () -> {
                System.gc();
                loaders.check(now);
                return !logged().isEmpty();
            });
            assertEquals(List.of("plugin audit of generation 3 is still in memory: " + UNKNOWN), logged());
            loop.submit(LEFT::remove).get();
            assertEquals(new PluginLoaderStates(0, 0, 1, List.of()), collected("the loader to go", 0));
        }
    }

    @Test
    void aRegistryThatIsNotCurrentRetiresNothing() throws IOException {
        audit("").write(1, plugins.resolve("audit.jar"));
        PluginRegistry serving = serve(open(), 1);
        try (PluginRegistry planned = after(serving)) {
            loaders.retired(planned, now);
        }
        assertEquals(1, loaders.states().serving());
        end(serving);
        end(serving);
        assertEquals(0, loaders.states().serving());
    }

    /** Only a collection that could unload a plugin says something about plugins. */
    @Test
    void aYoungCollectionIsNoWitness() {
        CollectionWitness witness = new CollectionWitness();
        long old = collections(false);
        long young = collections(true);
        Object[] garbage = new Object[16];
        for (int i = 0; collections(true) < young + 3; i++) {
            garbage[i % garbage.length] = new byte[1 << 16];
        }
        // In a JVM that others use too, the other kind may have happened.
        if (collections(false) == old) {
            assertFalse(witness.isOver());
        }
        Await.until("the witness to go", () -> {
            System.gc();
            return witness.isOver();
        });
        assertTrue(garbage.length > 0);
    }

    private static long collections(boolean young) {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(it -> young == List.of("Copy", "G1 Young Generation", "PS Scavenge", "ZGC Minor Cycles")
                        .contains(it.getName()))
                .mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
    }
}
