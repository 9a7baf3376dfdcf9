package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.testing.TestingJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The loading of plugins from directories, JARs and the class path, and their independence of any file afterwards. */
class PluginRegistryTest {
    @TempDir
    Path plugins;

    @Test
    void aDirectoryIsAPlugin() {
        Path directory = plugins.resolve("redis-guard");
        TestingJar.create().provider("com.example.Guard", "guard").service("com.example.Guard")
                .attribute("Implementation-Version", "1.2.3").write(directory.resolve("guard.jar"));
        try (PluginRegistry registry = open()) {
            assertEquals(List.of(), registry.problems());
            assertEquals(Set.of("guard"), registry.providers().keySet());
            assertEquals("guard", provider(registry, "guard").type());
            PluginInfo expected = new PluginInfo("redis-guard", "1.2.3", directory.toString(), List.of("guard"),
                    false);
            assertEquals(List.of(expected), registry.plugins());
            assertEquals(expected, registry.ownerOf("guard").orElseThrow());
            assertTrue(registry.ownerOf("guards").isEmpty());
        }
    }

    @Test
    void aModuleIsAPluginAlsoOnTheClassPath() {
        TestingJar.create().provider("com.example.Guard", "guard")
                .moduleProviding("com.example.guard", "com.example.Guard").option("--module-version", "2.0")
                .write(plugins.resolve("guard.jar"));
        try (PluginRegistry registry = open()) {
            assertEquals(List.of(), registry.problems());
            assertEquals(List.of(new PluginInfo("guard", "2.0", plugins.resolve("guard.jar").toString(),
                    List.of("guard"), false)), registry.plugins());
        }
    }

    @Test
    void severalJarsAreOnePluginWithSeveralTypes() {
        Path library = TestingJar.create()
                .source("com.example.lib.Name", "package com.example.lib; public class Name { public static String of()"
                        + " { return \"one\"; } }")
                .write(plugins.resolve("pair/lib.jar"));
        TestingJar.create().provider("com.example.One", "one", "",
                "public String description() { return com.example.lib.Name.of(); }")
                .provider("com.example.Two", "two").service("# both", "com.example.One # the first", "",
                        "com.example.Two")
                .against(library)
                .write(plugins.resolve("pair/pair.jar"));
        try (PluginRegistry registry = open()) {
            assertEquals(List.of(), registry.problems());
            assertEquals(List.of("one", "two"), registry.plugins().getFirst().types());
            assertEquals("one", provider(registry, "one").description());
        }
    }

    @Test
    void whatIsHiddenOrNoJarIsNoPlugin() throws IOException {
        Files.writeString(plugins.resolve("README.txt"), "read me");
        Files.writeString(plugins.resolve("guard.jar.part"), "half a");
        Files.writeString(plugins.resolve(".guard.jar"), "hidden");
        Files.createDirectory(plugins.resolve(".git"));
        TestingJar.create().provider("com.example.Guard", "guard").service("com.example.Guard")
                .write(plugins.resolve("guard/guard.JAR"));
        Files.writeString(plugins.resolve("guard/LICENSE"), "yours");
        Files.writeString(plugins.resolve("guard/.nfs0001.jar"), "hidden");
        try (PluginRegistry registry = open()) {
            assertEquals(List.of(), registry.problems());
            assertEquals(Set.of("guard"), registry.providers().keySet());
        }
    }

    @Test
    void linksWithinTheDirectoryAreFollowed() throws IOException {
        TestingJar.create().provider("com.example.Guard", "guard").service("com.example.Guard")
                .write(plugins.resolve(".versions/guard-2/guard.jar"));
        Files.createSymbolicLink(plugins.resolve("guard"), Path.of(".versions/guard-2"));
        Path alias = Files.createSymbolicLink(plugins.resolveSibling(plugins.getFileName() + "-alias"), plugins);
        try (PluginRegistry registry = PluginRegistry.open(alias, List.of())) {
            assertEquals(List.of(), registry.problems());
            assertEquals(alias.resolve("guard").toString(), registry.plugins().getFirst().location());
        } finally {
            Files.delete(alias);
        }
    }

    @Test
    void thoseOfTheProgramComeFirst() {
        TestingJar.create().provider("com.example.Guard", "guard").service("com.example.Guard")
                .write(plugins.resolve("guard.jar"));
        FilterProvider<?> own = new Own("guard");
        try (PluginRegistry registry = PluginRegistry.open(plugins, List.of(own))) {
            assertEquals(own, registry.providers().get("guard"));
            assertEquals(List.of(new PluginInfo("dev.sluice.runtime.plugin", null, "added by the program",
                    List.of("guard"), false)), registry.plugins());
            assertEquals(List.of("plugin guard has the filter type guard, which is taken by dev.sluice.runtime.plugin"
                    + " (added by the program): remove one of them"), registry.problems());
        }
    }

    @Test
    void aProviderOfTheProgramIsChecked() {
        try (PluginRegistry registry = PluginRegistry.open(null, List.of(new Own("redisGuard"), new Own("good")))) {
            assertEquals(Set.of("good"), registry.providers().keySet());
            assertEquals(List.of("filter provider " + Own.class.getName() + " (added by the program) calls its type"
                    + " 'redisGuard'; allowed: lower case letters and digits, words joined by hyphens; did you mean"
                    + " 'redis-guard'?"), registry.problems());
        }
    }

    @Test
    void anEmptyDirectoryIsFine() {
        try (PluginRegistry registry = open()) {
            assertEquals(List.of(), registry.problems());
            assertEquals(List.of(), registry.plugins());
        }
    }

    @Test
    void theDirectoryItselfIsNamedWhenItIsNotThere() throws IOException {
        Path missing = plugins.resolve("nowhere");
        try (PluginRegistry registry = PluginRegistry.open(missing, List.of())) {
            assertEquals(List.of(new Refusal("nowhere", missing.toString(), "the plugins directory " + missing
                    + " does not exist: create it, or name another one")), registry.refused());
        }
        Path file = Files.writeString(plugins.resolve("file"), "");
        try (PluginRegistry registry = PluginRegistry.open(file, List.of())) {
            assertEquals(List.of("the plugins directory " + file + " is not a directory"), registry.problems());
        }
    }

    /** Fault 41: what happens to a JAR does not happen to the plugin. */
    @Test
    void aLivePluginDoesNotNeedItsFiles() throws Exception {
        Path jar = TestingJar.create().provider("com.example.Guard", "guard", "", """
                public String description() {
                    try (var in = Guard.class.getResourceAsStream("/words.txt")) {
                        return Later.say() + new String(in.readAllBytes());
                    } catch (java.io.IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }
                """).source("com.example.Later", "package com.example; class Later { static"
                + " String say() { return \"lazily \"; } }")
                .source("com.example.Never", "package com.example; public class Never implements"
                        + " java.util.concurrent.Callable<String> { public String call() { return \"loaded late\"; } }")
                .entry("words.txt", "read")
                .service("com.example.Guard").write(plugins.resolve("guard/guard.jar"));
        for (Damage damage : List.<Damage>of(
                file -> Files.write(file, new byte[10]),
                file -> TestingJar.create().provider("com.example.Guard", "other").service("com.example.Guard")
                        .write(file),
                Files::delete)) {
            byte[] before = Files.readAllBytes(jar);
            try (PluginRegistry registry = open()) {
                damage.to(jar);
                FilterProvider<?> guard = provider(registry, "guard");
                assertEquals("lazily read", guard.description());
                Callable<?> never = (Callable<?>) guard.getClass().getClassLoader().loadClass("com.example.Never")
                        .getConstructor().newInstance();
                assertEquals("loaded late", never.call());
            }
            Files.write(jar, before);
        }
    }

    @Test
    void noFileStaysOpen() throws IOException {
        TestingJar.create().provider("com.example.Guard", "guard").service("com.example.Guard")
                .write(plugins.resolve("guard/guard.jar"));
        Files.write(plugins.resolve("broken.jar"), new byte[100]);
        try (PluginRegistry registry = open()) {
            assertEquals(Set.of("guard"), registry.providers().keySet());
            assertEquals(1, registry.problems().size());
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
                assertEquals(List.of(), descriptors.map(PluginRegistryTest::target)
                        .filter(target -> target.startsWith(plugins.toString())).toList());
            }
        }
    }

    @Test
    void twoRegistriesHoldDifferentVersions() {
        version("one");
        try (PluginRegistry first = open()) {
            version("two");
            try (PluginRegistry second = open()) {
                assertEquals("one", provider(first, "guard").description());
                assertEquals("two", provider(second, "guard").description());
                assertNotSame(provider(first, "guard").getClass(), provider(second, "guard").getClass());
            }
            assertEquals("one", provider(first, "guard").description());
        }
    }

    private void version(String text) {
        TestingJar.create().provider("com.example.Guard", "guard", "",
                "public String description() { return \"" + text + "\"; }").service("com.example.Guard")
                .write(plugins.resolve("guard/guard.jar"));
    }

    /** Sluice has a guava of its own: a plugin does not see it, and may bring another one, whole or in part. */
    @Test
    void aPluginSeesJavaTheApiAndItself() {
        TestingJar.create().provider("com.example.Guard", "guard", "", "public String description() { return"
                + " com.google.common.base.Joiner.own(); }")
                .source("com.google.common.base.Joiner", "package com.google.common.base; public class Joiner { public"
                        + " static String own() { return \"own\"; } }")
                .service("com.example.Guard").write(plugins.resolve("guard.jar"));
        try (PluginRegistry registry = open()) {
            assertEquals(List.of(), registry.problems());
            FilterProvider<?> guard = provider(registry, "guard");
            assertEquals("own", guard.description());
            ClassLoader loader = guard.getClass().getClassLoader();
            for (String hidden : List.of("com.google.common.base.Splitter", "dev.sluice.runtime.ProxyServer",
                    "org.slf4j.Logger", PluginRegistryTest.class.getName())) {
                assertThrows(ClassNotFoundException.class, () -> loader.loadClass(hidden), hidden);
            }
        }
    }

    @Test
    void aCopyOfTheApiAmongTheJarsIsNotUsed() throws IOException {
        TestingJar.create().provider("com.example.Guard", "guard").service("com.example.Guard")
                .write(plugins.resolve("guard/guard.jar"));
        TestingJar copy = TestingJar.create();
        for (Class<?> type : List.of(FilterProvider.class, FilterFactory.class)) {
            String file = type.getName().replace('.', '/') + ".class";
            try (InputStream in = Objects.requireNonNull(type.getResourceAsStream("/" + file))) {
                copy.entry(file, in.readAllBytes());
            }
        }
        copy.write(plugins.resolve("guard/api.jar"));
        try (PluginRegistry registry = open()) {
            assertEquals(List.of(), registry.problems());
            assertEquals(Set.of("guard"), registry.providers().keySet());
        }
    }

    @Test
    void ofAMultiReleaseJarTheNewestClassesCount() throws IOException {
        String file = "com/example/Which.class";
        byte[] newer = Objects.requireNonNull(which("new").compile().get(file));
        which("old").provider("com.example.Guard", "guard", "",
                "public String description() { return Which.TEXT.strip(); }")
                .entry("META-INF/versions/" + Runtime.version().feature() + "/" + file, newer)
                .entry("META-INF/versions/9999/" + file, new byte[]{1, 2, 3})
                .attribute("Multi-Release", "true").service("com.example.Guard").write(plugins.resolve("guard.jar"));
        try (PluginRegistry registry = open()) {
            assertEquals(List.of(), registry.problems());
            assertEquals("new", provider(registry, "guard").description());
        }
    }

    private static TestingJar which(String text) {
        return TestingJar.create().source("com.example.Which", "package com.example; class Which { static final String"
                + " TEXT = String.valueOf(\"" + text + "\"); }");
    }

    @Test
    void resourcesAreFoundByNameInAllJarsAndHaveUrls() throws IOException {
        TestingJar.create().provider("com.example.Guard", "guard").service("com.example.Guard")
                .entry("shared #1.txt", "first").write(plugins.resolve("guard/a.jar"));
        TestingJar.create().entry("shared #1.txt", "second").entry("only.txt", "only")
                .write(plugins.resolve("guard/b c.jar"));
        try (PluginRegistry registry = open()) {
            ClassLoader loader = provider(registry, "guard").getClass().getClassLoader();
            List<String> texts = Collections.list(loader.getResources("shared #1.txt")).stream().map(url -> {
                try (InputStream in = url.openStream()) {
                    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }).toList();
            assertEquals(List.of("first", "second"), texts);
            assertEquals(4, Objects.requireNonNull(loader.getResource("only.txt")).openConnection()
                    .getContentLengthLong());
            assertEquals(null, loader.getResource("nothing.txt"));
        }
    }

    @Test
    void closingForgetsTheProviders() {
        version("one");
        PluginRegistry registry = open();
        assertFalse(registry.providers().isEmpty());
        registry.close();
        registry.close();
        assertTrue(registry.providers().isEmpty());
        assertEquals(1, registry.plugins().size());
    }

    private PluginRegistry open() {
        return PluginRegistry.open(plugins, List.of());
    }

    private static FilterProvider<?> provider(PluginRegistry registry, String type) {
        return Objects.requireNonNull(registry.providers().get(type), () -> "no " + type + "; " + registry.problems());
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    /** A damage to a file. */
    private interface Damage {
        void to(Path file) throws IOException;
    }

    /** A filter of the program. */
    private record Own(String type) implements FilterProvider<Own.Config> {
        record Config() {}

        @Override
        public Class<Config> configType() {
            return Config.class;
        }

        @Override
        public FilterFactory create(Config config, FilterEnvironment environment) {
            return new FilterFactory() {
                @Override
                public FilterTraits traits() {
                    return FilterTraits.connectionOnly();
                }

                @Override
                public ConnectionFilter newFilter(ConnectionInfo connection) {
                    return new ConnectionFilter() {
                    };
                }
            };
        }
    }
}
