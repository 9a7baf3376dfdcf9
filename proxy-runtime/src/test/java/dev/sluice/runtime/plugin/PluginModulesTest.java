package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Plugins of a Sluice that itself consists of modules, as in the daemon; what is installed with it; and what is left after the end. */
class PluginModulesTest {
    private static final TestingWorld MODULES = TestingWorld.ofModules();

    @TempDir
    Path temporary;
    @TempDir
    Path plugins;

    @Test
    void modulesBecomeALayer() throws Exception {
        Path guard = guard(TestingJar.create()).option("--module-version", "1.5").write(plugins.resolve("guard.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            assertEquals(List.of(), registry.problems());
            assertEquals(Set.of("PluginInfo[name=guard, version=1.5, location=" + guard
                    + ", types=[guard], modular=true]"), registry.plugins());
            Module module = registry.provider("guard").getClass().getModule();
            assertEquals("com.example.guard", module.getName());
            assertNotNull(module.getLayer());
            assertNotSame(registry.registry().getClass().getModule().getLayer(), module.getLayer());
        }
    }

    /** The binder of a configuration has to create the record, which no module exports. */
    @Test
    void theConfigurationCanBeMade() throws Exception {
        guard(TestingJar.create()).write(plugins.resolve("guard.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            Class<?> provider = registry.provider("guard").getClass();
            assertFalse(provider.getModule().isExported(provider.getPackageName()));
            assertTrue(provider.getModule().isOpen(provider.getPackageName(),
                    registry.registry().getClass().getModule()));
        }
    }

    @Test
    void severalModulesSeeEachOtherAndTheirResources() throws Exception {
        Path library = TestingJar.create().source("lib.Words", """
                package lib;
                public class Words {
                    public static String read() throws Exception {
                        try (var in = Words.class.getModule().getResourceAsStream("lib/words.txt")) {
                            return new String(in.readAllBytes());
                        }
                    }
                }
                """).source("module-info", "module lib.words { exports lib; }").entry("lib/words.txt", "of the library")
                .write(plugins.resolve("guard/lib.jar"));
        TestingJar.create().provider("com.example.Guard", "guard", "", """
                public String description() {
                    try { return lib.Words.read(); } catch (Exception e) { throw new AssertionError(e); }
                }
                """).module("com.example.guard", "requires lib.words;",
                "provides dev.sluice.api.FilterProvider with com.example.Guard;").against(library)
                .write(plugins.resolve("guard/guard.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            assertEquals(List.of(), registry.problems());
            assertEquals("of the library", registry.ask("guard", "description"));
            Module words = registry.provider("guard").getClass().getModule().getLayer().findModule("lib.words")
                    .orElseThrow();
            try (InputStream in = Objects.requireNonNull(words.getClassLoader().getResourceAsStream("lib/words.txt"))) {
                assertEquals("of the library", new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }

    /** Sluice has a guava, too; with automatic modules each of these would be refused by the module system. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLibraryThatSluiceUsesTooMayBeBroughtAlong(boolean modular) throws Exception {
        TestingJar joiner = TestingJar.create().source("com.google.common.base.Joiner",
                "package com.google.common.base; public class Joiner { public static String own() { return \"own\"; } }");
        TestingJar guard = TestingJar.create().provider("com.example.Guard", "guard", "", "public String description()"
                + " { return com.google.common.base.Joiner.own(); }");
        if (modular) {
            joiner.source("module-info", "module com.google.common { exports com.google.common.base; }");
            guard.module("com.example.guard", "requires com.google.common;",
                    "provides dev.sluice.api.FilterProvider with com.example.Guard;");
        } else {
            guard.service("com.example.Guard");
        }
        guard.against(joiner.write(plugins.resolve("guard/guava.jar"))).write(plugins.resolve("guard/guard.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            assertEquals(List.of(), registry.problems());
            assertEquals("own", registry.ask("guard", "description"));
            assertEquals(modular, registry.provider("guard").getClass().getModule().isNamed());
        }
    }

    /** One JAR without a descriptor, and the plugin is a class path. */
    @Test
    void aModuleBesideAJarThatIsNone() throws Exception {
        Path library = TestingJar.create()
                .source("lib.Words",
                        "package lib; public class Words { public static final String ONE = \"one\".strip(); }")
                .attribute("Automatic-Module-Name", "lib.words").write(plugins.resolve("guard/lib.jar"));
        TestingJar.create()
                .provider("com.example.Guard", "guard", "", "public String description() { return lib.Words.ONE; }")
                .module("com.example.guard", "requires lib.words;",
                        "provides dev.sluice.api.FilterProvider with com.example.Guard;")
                .against(library).write(plugins.resolve("guard/guard.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            assertEquals(List.of(), registry.problems());
            assertEquals("one", registry.ask("guard", "description"));
            assertFalse(registry.provider("guard").getClass().getModule().isNamed());
        }
    }

    @Test
    void aServiceFileCountsInAModule() throws Exception {
        TestingJar.create().provider("com.example.Guard", "guard").module("com.example.guard")
                .service("com.example.Guard").write(plugins.resolve("guard.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            assertEquals(List.of(), registry.problems());
            assertTrue(registry.provider("guard").getClass().getModule().isNamed());
        }
    }

    @Test
    void aCopyOfTheApiAmongTheModulesIsNotUsed() throws Exception {
        guard(TestingJar.create()).write(plugins.resolve("guard/guard.jar"));
        withApi(TestingJar.create(), "").write(plugins.resolve("guard/proxy-api.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            assertEquals(List.of(), registry.problems());
            assertNotNull(registry.provider("guard"));
        }
    }

    @Test
    void aModuleThatContainsTheApiIsRefused() throws Exception {
        withApi(guard(TestingJar.create()), "module-info.class").write(plugins.resolve("guard.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            assertEquals(1, registry.problems().size());
            String problem = String.valueOf(registry.problems().getFirst());
            assertTrue(problem.startsWith("plugin guard has modules that do not fit together: Module com.example.guard"
                    + " contains package dev.sluice.api"), problem);
        }
    }

    /** All of Sluice is there, and none of its modules is for plugins. */
    @Test
    void aModuleThatNeedsALibraryOfSluiceIsRefused() throws Exception {
        Path slf4j = TestingJar.create().source("org.slf4j.Logger", "package org.slf4j; public interface Logger {}")
                .source("module-info", "module org.slf4j { exports org.slf4j; }").write(temporary.resolve("slf4j.jar"));
        TestingJar.create().provider("com.example.Guard", "guard").module("com.example.guard", "requires org.slf4j;",
                "provides dev.sluice.api.FilterProvider with com.example.Guard;").against(slf4j)
                .write(plugins.resolve("guard.jar"));
        try (TestingWorld.Registry registry = MODULES.open(plugins)) {
            assertEquals(List.of("plugin guard needs the module org.slf4j, which is in none of its JARs (module"
                    + " com.example.guard requires it): add its JAR"), registry.problems());
        }
    }

    @Test
    void modulesThatAreInstalledAreBuiltIn() throws Exception {
        Path filters = TestingJar.create().provider("dev.sluice.filters.acl.Acl", "acl")
                .moduleProviding("dev.sluice.filters", "dev.sluice.filters.acl.Acl")
                .option("--module-version", "0.1").write(temporary.resolve("filters.jar"));
        Path company = TestingJar.create().provider("com.example.Audit", "audit")
                .moduleProviding("com.example.audit", "com.example.Audit").write(temporary.resolve("audit.jar"));
        TestingJar.create().provider("com.example.Acl", "acl").service("com.example.Acl")
                .write(plugins.resolve("acl.jar"));
        try (TestingWorld.Registry registry = TestingWorld.ofModules(filters, company).open(plugins)) {
            assertEquals(Set.of("PluginInfo[name=dev.sluice.filters, version=0.1, location=built-in, types=[acl],"
                    + " modular=true]",
                    "PluginInfo[name=com.example.audit, version=null, location=module path,"
                            + " types=[audit], modular=true]"),
                    registry.plugins());
            assertEquals(List.of("plugin acl has the filter type acl, which is taken by dev.sluice.filters (built-in):"
                    + " remove one of them"), registry.problems());
        }
    }

    @Test
    void whatIsOnTheClassPathIsInstalledToo() throws Exception {
        Path filters = TestingJar.create().provider("dev.sluice.filters.acl.Acl", "acl")
                .service("dev.sluice.filters.acl.Acl").write(temporary.resolve("filters.jar"));
        Path company = TestingJar.create().provider("com.example.Audit", "audit")
                .provider("com.example.Broken", "broken", "", "public Broken() { throw new IllegalStateException(); }")
                .provider("com.example.Newer", "newer").forLaterJava("com/example/Newer.class", 99)
                .service("com.example.Broken", "com.example.Gone", "com.example.Newer", "com.example.Audit")
                .write(temporary.resolve("audit.jar"));
        try (TestingWorld.Registry registry = TestingWorld.ofClassPath(filters, company).open(plugins)) {
            assertEquals(Set.of("PluginInfo[name=dev.sluice.filters, version=null, location=built-in, types=[acl],"
                    + " modular=false]",
                    "PluginInfo[name=com.example, version=null, location=class path,"
                            + " types=[audit], modular=false]"),
                    registry.plugins());
            assertEquals(List.of("a filter provider on the class path fails with java.lang.IllegalStateException, at"
                    + " com.example.Broken.<init>(Broken.java:6)",
                    "a filter provider on the class path fails with java.util.ServiceConfigurationError:"
                            + " dev.sluice.api.FilterProvider: Provider com.example.Gone not found",
                    "a filter provider on the class path cannot run on Java " + Runtime.version().feature()),
                    registry.problems().stream()
                            .map(problem -> problem.toString().replaceFirst("(, at java|: com/example/Newer).*", ""))
                            .toList());
        }
    }

    /** As the configuration of a filter refers to its provider, a reload would else find every filter changed. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNextRegistryHasTheSameProviders(boolean modules) throws Exception {
        guard(TestingJar.create()).write(plugins.resolve("guard.jar"));
        TestingJar installed = TestingJar.create().provider("com.example.audit.Audit", "audit")
                .provider("com.example.audit.Broken", "broken", "",
                        "public Broken() { throw new IllegalStateException(); }");
        Path company = (modules
                ? installed.moduleProviding("com.example.audit", "com.example.audit.Audit", "com.example.audit.Broken")
                : installed.service("com.example.audit.Audit", "com.example.audit.Broken"))
                .write(temporary.resolve("audit.jar"));
        TestingWorld world = modules ? TestingWorld.ofModules(company) : TestingWorld.ofClassPath(company);
        try (TestingWorld.Registry first = world.open(plugins)) {
            assertEquals(1, first.problems().size());
            try (TestingWorld.Registry second = world.open(plugins, first)) {
                assertSame(first.provider("audit"), second.provider("audit"));
                assertSame(first.provider("guard"), second.provider("guard"));
                assertEquals(first.problems(), second.problems());
                assertEquals(first.plugins(), second.plugins());
                first.close();
                assertEquals("guard", second.ask("guard", "type"));
                assertEquals("audit", second.ask("audit", "type"));
            }
        }
    }

    /** A reload opens another registry each time: what the old one has loaded must go. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingKeepsALoaderAfterTheEnd(boolean modules) throws Exception {
        guard(TestingJar.create()).write(plugins.resolve("guard.jar"));
        TestingWorld world = modules ? MODULES : TestingWorld.ofClassPath();
        TestingWorld.Registry registry = world.open(plugins);
        WeakReference<ClassLoader> loader = new WeakReference<>(used(registry));
        registry.close();
        Await.until("the loader of the plugin to be collected", () -> {
            System.gc();
            return loader.refersTo(null);
        });
        // Still reachable, and so what it keeps was not collected with it.
        assertEquals(1, registry.plugins().size());
    }

    /** The loader, after its plugin was used as a configuration uses it. */
    private static ClassLoader used(TestingWorld.Registry registry)
            throws ReflectiveOperationException {
        Class<?> config = (Class<?>) registry.ask("guard", "configType");
        assertEquals("limit", config.getRecordComponents()[0].getName());
        return registry.provider("guard").getClass().getClassLoader();
    }

    private static TestingJar guard(TestingJar jar) {
        return jar.provider("com.example.Guard", "guard").moduleProviding("com.example.guard", "com.example.Guard");
    }

    private static TestingJar withApi(TestingJar jar, String except) throws IOException {
        Path api = TestingJar.api();
        if (Files.isDirectory(api)) {
            copy(api, jar, except);
        } else {
            try (FileSystem files = FileSystems.newFileSystem(api)) {
                copy(files.getPath("/"), jar, except);
            }
        }
        return jar;
    }

    private static void copy(Path root, TestingJar jar, String except) throws IOException {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path file : tree.filter(it -> it.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString();
                if (!name.equals(except)) {
                    jar.entry(name, Files.readAllBytes(file));
                }
            }
        }
    }
}
