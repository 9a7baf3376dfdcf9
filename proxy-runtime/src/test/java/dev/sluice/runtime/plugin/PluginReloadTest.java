package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.config.ConfigLoader;
import dev.sluice.runtime.config.FilterCatalog;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.testing.TestingJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The next registry: a plugin with equal bytes is the same one, and a broken one affects nobody. */
class PluginReloadTest {
    @TempDir
    Path temporary;
    private Path plugins = Path.of("");

    @BeforeEach
    void aNeighbour() throws IOException {
        plugins = Files.createDirectory(temporary.resolve("plugins"));
        TestingJar.create().provider("com.example.Good", "good").service("com.example.Good")
                .write(plugins.resolve("good.jar"));
    }

    private static TestingJar guard(String description) {
        return TestingJar.create()
                .provider("com.example.Guard", "guard", "",
                        "public String description() { return \"" + description + "\"; }")
                .source("com.example.Never", "package com.example; public class Never implements"
                        + " java.util.concurrent.Callable<String> { public String call() { return \"loaded late\"; } }")
                .service("com.example.Guard");
    }

    private PluginRegistry open() {
        return PluginRegistry.open(plugins, List.of());
    }

    private PluginRegistry after(PluginRegistry previous) {
        return PluginRegistry.open(plugins, List.of(), previous);
    }

    private static FilterProvider<?> provider(PluginRegistry registry, String type) {
        return Objects.requireNonNull(registry.providers().get(type), () -> "no " + type + "; " + registry.problems());
    }

    private static ClassLoader loader(PluginRegistry registry, String type) {
        return provider(registry, type).getClass().getClassLoader();
    }

    // ── equal bytes ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void equalBytesDefineNoClass() throws Exception {
        Path jar = guard("one").write(plugins.resolve("guard/guard.jar"));
        PluginRegistry registry = open();
        FilterProvider<?> guard = provider(registry, "guard");
        FilterProvider<?> good = provider(registry, "good");
        var classes = ManagementFactory.getClassLoadingMXBean();
        long loaded = 0;
        for (int i = 0; i < 100; i++) {
            if (i == 50) {
                // Those of the JDK that a reload needs are there now.
                loaded = classes.getTotalLoadedClassCount();
            }
            byte[] bytes = Files.readAllBytes(jar);
            Files.delete(jar);
            Files.write(jar, bytes);
            PluginRegistry next = after(registry);
            registry.close();
            registry = next;
            assertSame(guard, provider(registry, "guard"));
            assertSame(good, provider(registry, "good"));
            assertEquals(List.of(), registry.problems());
            assertEquals(List.of("good", "guard"), registry.plugins().stream().map(PluginInfo::name).toList());
        }
        assertEquals(0, classes.getTotalLoadedClassCount() - loaded);
        // All registries before are closed, and it works as if it were new.
        Callable<?> never = (Callable<?>) loader(registry, "guard").loadClass("com.example.Never").getConstructor()
                .newInstance();
        assertEquals("loaded late", never.call());
        assertEquals("one", guard.description());
        registry.close();
    }

    @Test
    void aClosedRegistryHasNothingToTakeOver() {
        guard("one").write(plugins.resolve("guard.jar"));
        PluginRegistry first = open();
        ClassLoader loader = loader(first, "guard");
        first.close();
        try (PluginRegistry second = after(first)) {
            assertNotSame(loader, loader(second, "guard"));
        }
    }

    /** Every change of a plugin makes it another one, and the neighbour stays. */
    @ParameterizedTest
    @ValueSource(strings = {"class", "resource", "manifest", "one more", "one less", "renamed", "order", "location"})
    void anotherContentIsAnotherPlugin(String change) throws IOException {
        Path directory = plugins.resolve("guard");
        guard("one").entry("words.txt", "a").write(directory.resolve("guard.jar"));
        Path library = TestingJar.create().entry("lib.txt", "first").write(directory.resolve("x.jar"));
        TestingJar.create().entry("lib.txt", "second").write(directory.resolve("y.jar"));
        PluginRegistry first = open();
        switch (change) {
            case "class" -> guard("two").entry("words.txt", "a").write(directory.resolve("guard.jar"));
            case "resource" -> guard("one").entry("words.txt", "b").write(directory.resolve("guard.jar"));
            case "manifest" -> guard("one").entry("words.txt", "a").attribute("Implementation-Version", "2")
                    .write(directory.resolve("guard.jar"));
            case "one more" -> TestingJar.create().entry("new.txt", "").write(directory.resolve("z.jar"));
            case "one less" -> Files.delete(library);
            case "renamed" -> Files.move(library, directory.resolve("w.jar"));
            case "order" -> {
                Files.move(library, directory.resolve("z.jar"));
                Files.move(directory.resolve("y.jar"), library);
                Files.move(directory.resolve("z.jar"), directory.resolve("y.jar"));
            }
            default -> Files.move(directory, plugins.resolve("sentry"));
        }
        try (first; PluginRegistry second = after(first)) {
            assertEquals(List.of(), second.problems());
            assertNotSame(loader(first, "guard"), loader(second, "guard"));
            assertNotSame(provider(first, "guard"), provider(second, "guard"));
            assertSame(provider(first, "good"), provider(second, "good"));
            // Stack traces tell them apart.
            assertEquals("guard", loader(first, "guard").getName());
            assertEquals(change.equals("location") ? "sentry" : "guard#2", loader(second, "guard").getName());
        }
    }

    /** As a volume of Kubernetes does it whenever anything in it changes. */
    @Test
    void anotherPathToEqualBytesIsTheSamePlugin() throws IOException {
        for (String version : List.of(".1", ".2")) {
            guard("one").write(plugins.resolve(version + "/guard/guard.jar"));
        }
        Path guard = Files.createSymbolicLink(plugins.resolve("guard"), Path.of(".1/guard"));
        try (PluginRegistry first = open()) {
            Files.createSymbolicLink(plugins.resolve(".link"), Path.of(".2/guard"));
            Files.move(plugins.resolve(".link"), guard, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            try (PluginRegistry second = after(first)) {
                assertSame(provider(first, "guard"), provider(second, "guard"));
            }
        }
    }

    /** The libraries of a plugin are most of it, and seldom change. */
    @Test
    void whatHasNotChangedOfAPluginIsInMemoryOnce() {
        TestingJar.create().entry("large.bin", new byte[1 << 20]).write(plugins.resolve("guard/lib.jar"));
        guard("one").entry("words.txt", "same").write(plugins.resolve("guard/guard.jar"));
        try (PluginRegistry first = open()) {
            guard("two").entry("words.txt", "same").write(plugins.resolve("guard/guard.jar"));
            try (PluginRegistry second = after(first)) {
                assertNotSame(loader(first, "guard"), loader(second, "guard"));
                for (String entry : List.of("large.bin", "words.txt", "com/example/Never.class")) {
                    assertSame(bytes(first, entry), bytes(second, entry), entry);
                }
                assertNotSame(bytes(first, "com/example/Guard.class"), bytes(second, "com/example/Guard.class"));
            }
        }
    }

    private static byte[] bytes(PluginRegistry registry, String entry) {
        return registry.loaded().stream().flatMap(plugin -> plugin.jars().stream())
                .map(jar -> jar.entries().get(entry)).filter(Objects::nonNull).findFirst().orElseThrow();
    }

    @Test
    void anAddedProviderIsTheOneThatWasGiven() {
        guard("one").write(plugins.resolve("guard.jar"));
        PluginRegistry origin = open();
        FilterProvider<?> own = provider(origin, "guard");
        try (origin;
                PluginRegistry first = PluginRegistry.open(null, List.of(own));
                PluginRegistry second = PluginRegistry.open(null, List.of(own), first)) {
            assertSame(own, provider(second, "guard"));
            assertEquals("added by the program", second.plugins().getFirst().location());
        }
    }

    // ── broken ones ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    private static final String CONFIGURATION = """
            clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
            listeners:
              - { name: edge, listen: "127.0.0.1:0", cluster: web, filters: [ { type: guard, config: { } } ] }
            """;

    private static ConfigLoader.Loaded load(PluginRegistry registry) throws ProblemsException {
        return new ConfigLoader(Map.of()).parse(CONFIGURATION, "c.yaml",
                plugins -> new FilterCatalog(registry.providers(), registry.problems()));
    }

    /**
     * A JAR that is being replaced: the reload is refused, and says why, for every size that the copy has on its way;
     * the others are kept; and the next reload tries again.
     */
    @Test
    void aPluginThatIsBeingCopiedRefusesTheReload() throws Exception {
        Path jar = guard("one").write(plugins.resolve("guard/guard.jar"));
        byte[] whole = Files.readAllBytes(guard("two").write(temporary.resolve("two.jar")));
        try (PluginRegistry serving = open()) {
            FilterProvider<?> before = load(serving).configuration().listeners().getFirst().filters().getFirst()
                    .provider();
            assertSame(before, provider(serving, "guard"));
            for (int size = 0; size < whole.length; size += 1 + whole.length / 10) {
                Files.write(jar, Arrays.copyOf(whole, size));
                try (PluginRegistry next = after(serving)) {
                    assertSame(provider(serving, "good"), provider(next, "good"));
                    assertEquals(Set.of("good"), next.providers().keySet());
                    var refused = assertThrows(ProblemsException.class, () -> load(next));
                    List<String> problems = refused.problems().stream().map(Problem::what).toList();
                    assertEquals(2, problems.size(), problems::toString);
                    assertTrue(problems.getFirst().startsWith("plugin guard has guard.jar, which is damaged, incomplete"
                            + " or not a JAR"), problems::toString);
                    assertEquals("there is no filter type 'guard'", problems.getLast());
                }
                assertEquals("one", provider(serving, "guard").description());
            }
            Files.write(jar, whole);
            try (PluginRegistry next = after(serving)) {
                assertEquals("two", provider(next, "guard").description());
                assertSame(provider(next, "guard"),
                        load(next).configuration().listeners().getFirst().filters().getFirst().provider());
            }
        }
    }

    /** Nobody asked for the filters of another plugin. */
    @Test
    void aBrokenPluginLosesItsTypesToNobody() throws IOException {
        Path jar = guard("mine").write(plugins.resolve("guard.jar"));
        guard("other").write(plugins.resolve("zimpostor.jar"));
        try (PluginRegistry first = open()) {
            assertEquals("mine", provider(first, "guard").description());
            Files.write(jar, new byte[100]);
            try (PluginRegistry second = after(first)) {
                assertEquals(Set.of("good"), second.providers().keySet());
                assertEquals(2, second.problems().size());
                assertEquals("plugin zimpostor has the filter type guard, which is taken by guard (" + jar
                        + "): remove one of them", second.problems().getLast());
            }
            // Removed on purpose.
            Files.delete(jar);
            try (PluginRegistry third = after(first)) {
                assertEquals("other", provider(third, "guard").description());
            }
        }
    }

    @Test
    void aPluginThatWasRefusedIsTriedAgain() throws IOException {
        Path jar = Files.write(plugins.resolve("guard.jar"), new byte[10]);
        try (PluginRegistry first = open()) {
            assertEquals(1, first.problems().size());
            guard("one").write(jar);
            try (PluginRegistry second = after(first)) {
                assertEquals(List.of(), second.problems());
                assertEquals("one", provider(second, "guard").description());
                assertEquals("guard", loader(second, "guard").getName());
            }
        }
    }

    @Test
    void aDirectoryThatIsGoneIsRefusedAndComesBack() throws IOException {
        guard("one").write(plugins.resolve("guard.jar"));
        try (PluginRegistry first = open()) {
            Path away = Files.move(plugins, temporary.resolve("away"));
            try (PluginRegistry second = after(first)) {
                assertEquals(1, second.problems().size());
                assertThrows(ProblemsException.class, () -> load(second));
            }
            Files.move(away, plugins);
            try (PluginRegistry third = after(first)) {
                assertSame(provider(first, "guard"), provider(third, "guard"));
            }
        }
    }
}
