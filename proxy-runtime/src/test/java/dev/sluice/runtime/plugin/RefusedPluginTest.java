package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

import dev.sluice.runtime.testing.TestingJar;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every way in which a plugin cannot be used: one sentence that names it, and its neighbour is loaded all the same. Fault 41. */
class RefusedPluginTest {
    private static final ApiVersion RUNNING = Objects.requireNonNull(ApiVersion.parse("0.1.0-SNAPSHOT"));

    @TempDir
    Path temporary;
    private Path plugins = Path.of("");

    @BeforeEach
    void aNeighbour() throws IOException {
        plugins = Files.createDirectory(temporary.resolve("plugins"));
        TestingJar.create().provider("com.example.Good", "good").service("com.example.Good")
                .write(plugins.resolve("good.jar"));
    }

    @Test
    void aFileThatIsNoJar() throws IOException {
        Files.writeString(plugins.resolve("bad.jar"), "not a JAR");
        refused("has bad.jar, which is damaged, incomplete or not a JAR (zip END header not found): copy it under another"
                + " name, and rename it when it is complete");
    }

    @Test
    void anEmptyFile() throws IOException {
        Files.createFile(plugins.resolve("bad.jar"));
        refused("has bad.jar, which is damaged, incomplete or not a JAR (zip file is empty): copy it under another name,"
                + " and rename it when it is complete");
    }

    /** A copy that was stopped, or that is still running: whatever the size, nothing of it is loaded. */
    @Test
    void aJarOfEverySizeButTheRightOne() throws IOException {
        byte[] whole = Files.readAllBytes(TestingJar.create().provider("com.example.Bad", "bad")
                .service("com.example.Bad").write(temporary.resolve("whole.jar")));
        for (int size = 0; size < whole.length; size += 1 + size / 16) {
            Path file = Files.write(plugins.resolve("bad.jar"), Arrays.copyOf(whole, size));
            assertTrue(refusal(RUNNING).contains("has bad.jar, which is damaged, incomplete or not a JAR"),
                    "at " + size);
            // What some copies do: the size is right from the beginning, the end is not there yet.
            byte[] filledUp = Arrays.copyOf(Arrays.copyOf(whole, size), whole.length);
            if (!Arrays.equals(filledUp, whole)) {
                Files.write(file, filledUp);
                assertTrue(refusal(RUNNING).contains("has bad.jar, which"), "filled up from " + size);
            }
        }
    }

    /** Whichever byte is wrong: it is noticed, or it does not matter. */
    @Test
    void aJarWithAWrongByte() throws IOException {
        byte[] whole = Files.readAllBytes(TestingJar.create().provider("com.example.Bad", "bad")
                .service("com.example.Bad").write(temporary.resolve("whole.jar")));
        Random random = new Random(41);
        int noticed = 0;
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Files.write(plugins.resolve("bad.jar"), damaged);
            try (PluginRegistry registry = open(RUNNING)) {
                assertTrue(registry.providers().containsKey("good"));
                assertEquals(registry.providers().containsKey("bad") ? 0 : 1, registry.problems().size());
                noticed += registry.problems().size();
            }
        }
        assertTrue(noticed > 100, "only " + noticed);
    }

    @Test
    void aDirectoryWithoutJars() throws IOException {
        Files.createDirectory(plugins.resolve("bad"));
        refused("has no JAR in its directory: put its JARs there, or remove the directory");
    }

    @Test
    void aDirectoryInPlaceOfAJar() throws IOException {
        Files.createDirectories(plugins.resolve("bad/lib.jar"));
        refused("has lib.jar, which is not a file: put a JAR in its place");
    }

    @Test
    void aDirectoryThatIsSomewhereElse() throws IOException {
        Path outside = temporary.toRealPath().resolve("outside");
        bad().write(outside.resolve("bad.jar"));
        Files.createSymbolicLink(plugins.resolve("bad"), outside);
        refused("leads out of the plugins directory, to " + outside + ": put a copy in place of the symbolic link");
    }

    @Test
    void aJarThatIsSomewhereElse() throws IOException {
        Path outside = temporary.toRealPath().resolve("outside.jar");
        bad().write(outside);
        Files.createSymbolicLink(plugins.resolve("bad.jar"), outside);
        refused("leads out of the plugins directory, to " + outside + ": put a copy in place of the symbolic link");
    }

    @Test
    void aJarOfADirectoryThatIsSomewhereElse() throws IOException {
        Path outside = temporary.toRealPath().resolve("outside.jar");
        bad().write(outside);
        Files.createSymbolicLink(Files.createDirectory(plugins.resolve("bad")).resolve("lib.jar"),
                Path.of("../../outside.jar"));
        refused("has lib.jar, which leads out of the plugins directory, to " + outside
                + ": put a copy in place of the symbolic link");
    }

    @Test
    void aLinkThatLeadsNowhere() throws IOException {
        Files.createSymbolicLink(plugins.resolve("bad"), Path.of("gone"));
        refused("is a symbolic link that leads nowhere");
    }

    @Test
    void aLinkToItself() throws IOException {
        Files.createSymbolicLink(plugins.resolve("bad"), Path.of("bad"));
        refused("cannot be read: Too many levels of symbolic links or unable to access attributes of symbolic link");
    }

    @Test
    void nobodyProvidesAnything() {
        TestingJar.create().provider("com.example.Bad", "bad").write(plugins.resolve("bad.jar"));
        refused("has no filters: none of its JARs names a provider of dev.sluice.api.FilterProvider, in its module-info or"
                + " in META-INF/services");
    }

    @Test
    void aProviderThatIsNotThere() {
        TestingJar.create().service("com.example.Bad").write(plugins.resolve("bad.jar"));
        refusedFor(
                "needs the class com.example.Bad, which is in none of its JARs, in Java or in the Sluice API: add the"
                        + " JAR that has it");
    }

    @Test
    void aProviderThatIsNone() {
        TestingJar.create().source("com.example.Bad", "package com.example; public class Bad {}")
                .service("com.example.Bad").write(plugins.resolve("bad.jar"));
        refusedFor("is not one: it does not implement dev.sluice.api.FilterProvider");
    }

    @Test
    void aConstructorThatIsNotPublic() {
        TestingJar.create().provider("com.example.Bad", "bad", "", "Bad() {}").service("com.example.Bad")
                .write(plugins.resolve("bad.jar"));
        refusedFor("cannot be created: it has to be a public class with a public constructor without parameters");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "public Bad() { throw new IllegalStateException(\"no\\nkey\"); } | java.lang.IllegalStateException: no?key,"
                + " at com.example.Bad.<init>(Bad.java:6)",
        "static { if (true) throw new IllegalStateException(); } | java.lang.IllegalStateException,"
                + " at com.example.Bad.<clinit>(Bad.java:6)",
        "public Bad() { throw new StackOverflowError(); } | java.lang.StackOverflowError,"
                + " at com.example.Bad.<init>(Bad.java:6)",
        "public String description() { throw new AssertionError(); } | java.lang.AssertionError,"
                + " at com.example.Bad.description(Bad.java:6)",
        "public Bad() throws Exception { throw new Exception() { public String getMessage() { throw new Error(); } }; }"
                + " | com.example.Bad$1: (its getMessage() failed too), at com.example.Bad.<init>(Bad.java:6)"})
    void aProviderThatThrows(String member, String failure) {
        TestingJar.create().provider("com.example.Bad", "bad", "", member).service("com.example.Bad")
                .write(plugins.resolve("bad.jar"));
        refusedFor("fails with " + failure);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"type | return null;", "configType | return null;"})
    void aProviderThatReturnsNull(String method, String body) {
        TestingJar.create().source("com.example.Bad", """
                package com.example;
                import dev.sluice.api.*;
                public class Bad implements FilterProvider<Bad.Config> {
                    public record Config() {}
                    public String type() { %s }
                    public Class<Config> configType() { %s }
                    public FilterFactory create(Config config, FilterEnvironment environment) { return null; }
                }
                """.formatted(method.equals("type") ? body : "return \"bad\";",
                method.equals("configType") ? body : "return Config.class;")).service("com.example.Bad")
                .write(plugins.resolve("bad.jar"));
        refusedFor("returns null as " + method);
    }

    @Test
    void aDescriptionThatIsNull() {
        TestingJar.create().provider("com.example.Bad", "bad", "", "public String description() { return null; }")
                .service("com.example.Bad").write(plugins.resolve("bad.jar"));
        refusedFor("returns null as description");
    }

    @ParameterizedTest
    @CsvSource({"RateLimit,rate-limit", "rate_limit,rate-limit", "Bad,bad", "rate.limit,rate-limit", "-bad,", "1bad,",
        "bad--er,", "böse,"})
    void aTypeThatNobodyWouldWrite(String type, @Nullable String meant) {
        TestingJar.create().provider("com.example.Bad", type).service("com.example.Bad")
                .write(plugins.resolve("bad.jar"));
        refusedFor("calls its type '" + type + "'; allowed: lower case letters and digits, words joined by hyphens"
                + (meant == null ? "" : "; did you mean '" + meant + "'?"));
    }

    @Test
    void aConfigurationThatIsNoRecord() {
        TestingJar.create().source("com.example.Bad", """
                package com.example;
                import dev.sluice.api.*;
                @SuppressWarnings({"rawtypes", "unchecked"})
                public class Bad implements FilterProvider {
                    public String type() { return "bad"; }
                    public Class configType() { return String.class; }
                    public FilterFactory create(Record config, FilterEnvironment environment) { return null; }
                }
                """).service("com.example.Bad").write(plugins.resolve("bad.jar"));
        refusedFor("has the configuration java.lang.String, which is not a record");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | public Bad() { lib.Missing.touch(); }", "lib.Missing key | ''",
        "java.util.List<lib.Missing> keys | ''", "Nested nested | public record Nested(lib.Missing key) {}",
        "java.util.Map<String, Nested> nested | public record Nested(lib.Missing key) {}"})
    void aLibraryThatIsMissing(String components, String member) {
        Path library = TestingJar.create()
                .source("lib.Missing", "package lib; public record Missing() { public static void touch() {} }")
                .write(temporary.resolve("library.jar"));
        TestingJar.create().provider("com.example.Bad", "bad", components, member).service("com.example.Bad")
                .against(library).write(plugins.resolve("bad.jar"));
        refusedFor(
                "needs the class lib.Missing, which is in none of its JARs, in Java or in the Sluice API: add the JAR"
                        + " that has it");
    }

    @Test
    void twoPluginsWithOneType() {
        TestingJar.create().provider("com.example.Bad", "good").service("com.example.Bad")
                .write(plugins.resolve("later/lib.jar"));
        try (PluginRegistry registry = open(RUNNING)) {
            assertEquals(List.of("plugin later has the filter type good, which is taken by good ("
                    + plugins.resolve("good.jar") + "): remove one of them"), registry.problems());
            assertEquals("com.example.Good",
                    Objects.requireNonNull(registry.providers().get("good")).getClass().getName());
        }
    }

    @Test
    void aPluginWithOneTypeTwice() {
        TestingJar.create().provider("com.example.A", "bad").provider("com.example.Bad", "bad")
                .service("com.example.A", "com.example.Bad").write(plugins.resolve("bad.jar"));
        refusedFor("has the type bad, which com.example.A has, too");
    }

    /** A plugin is usable or not: half a plugin would be a surprise. */
    @Test
    void oneOfTwoProviders() {
        TestingJar.create().provider("com.example.Fine", "fine")
                .provider("com.example.Bad", "bad", "", "public Bad() { throw new Error(); }")
                .service("com.example.Fine", "com.example.Bad").write(plugins.resolve("bad.jar"));
        refusedFor("fails with java.lang.Error, at com.example.Bad.<init>(Bad.java:6)");
    }

    @Test
    void aClassForAnotherJava() {
        bad().forLaterJava("com/example/Bad.class", java(7)).write(plugins.resolve("bad.jar"));
        refusedFor("cannot run on Java " + java(0) + ": com.example.Bad was compiled for Java " + java(7));
    }

    @Test
    void aModuleForAnotherJava() {
        bad().moduleProviding("com.example.bad", "com.example.Bad").forLaterJava("module-info.class", java(7))
                .write(plugins.resolve("bad.jar"));
        refused("cannot run on Java " + java(0) + ": bad.jar was compiled for Java " + java(7));
    }

    @Test
    void aBrokenModuleDescriptor() {
        bad().entry("module-info.class", new byte[20]).write(plugins.resolve("bad.jar"));
        refused("has bad.jar, whose module-info.class is invalid: Bad magic number");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "0.3.0 | needs Sluice API 0.3.0, this is 0.1.0-SNAPSHOT: upgrade Sluice or install an older plugin",
        "0.0.9 | was made for Sluice API 0.0.9, this is 0.1.0-SNAPSHOT, which is not compatible: install a newer plugin",
        "new | declares in bad.jar that it needs Sluice API 'new', which is not a version; this is 0.1.0-SNAPSHOT"})
    void anotherApi(String version, String predicate) {
        bad().attribute("Sluice-Api-Version", version).write(plugins.resolve("bad.jar"));
        refused(predicate);
    }

    @Test
    void theRightApi() {
        bad().attribute("Sluice-Api-Version", "0.1.0").write(plugins.resolve("bad.jar"));
        try (PluginRegistry registry = open(RUNNING)) {
            assertEquals(List.of(), registry.problems());
        }
    }

    /** javac records what a module was compiled against. */
    @Test
    void aModuleForAnotherApi() {
        Path newer = TestingJar.create()
                .source("module-info",
                        "module dev.sluice.api { exports dev.sluice.api; exports dev.sluice.api.config; }")
                .source("dev.sluice.api.config.Empty", "package dev.sluice.api.config; public class Empty {}")
                .source("dev.sluice.api.FilterProvider", "package dev.sluice.api; public interface FilterProvider {}")
                .option("--module-version", "1.2.0").write(temporary.resolve("api.jar"));
        TestingJar.create().againstApi(newer)
                .source("com.example.Bad", "package com.example; public class Bad implements"
                        + " dev.sluice.api.FilterProvider {}")
                .moduleProviding("com.example.bad", "com.example.Bad").write(plugins.resolve("bad.jar"));
        refused("needs Sluice API 1.2.0, this is 0.1.0-SNAPSHOT: upgrade Sluice or install an older plugin");
    }

    @Test
    void aModuleThatIsMissing() {
        Path library = TestingJar.create().source("lib.A", "package lib; public class A {}")
                .source("module-info", "module lib.a { exports lib; }").write(temporary.resolve("library.jar"));
        bad().module("com.example.bad", "requires lib.a;",
                "provides dev.sluice.api.FilterProvider with com.example.Bad;")
                .against(library).write(plugins.resolve("bad.jar"));
        refused("needs the module lib.a, which is in none of its JARs (module com.example.bad requires it): add its JAR");
    }

    @Test
    void aModuleOfJavaThatIsMissing() {
        bad().module("com.example.bad", "requires jdk.incubator.vector;",
                "provides dev.sluice.api.FilterProvider with com.example.Bad;").write(plugins.resolve("bad.jar"));
        refused("needs the module jdk.incubator.vector, which this Java runtime does not have (module com.example.bad"
                + " requires it)");
    }

    @Test
    void aModuleThatIsThereTwice() {
        bad().moduleProviding("com.example.bad", "com.example.Bad").write(plugins.resolve("bad/one.jar"));
        bad().moduleProviding("com.example.bad", "com.example.Bad").write(plugins.resolve("bad/two.jar"));
        refused("has the module com.example.bad twice, in one.jar and two.jar: remove one of them");
    }

    @Test
    void aPackageInTwoModules() {
        bad().moduleProviding("com.example.bad", "com.example.Bad").write(plugins.resolve("bad/bad.jar"));
        TestingJar.create().source("com.example.More", "package com.example; class More {}").module("com.example.more")
                .write(plugins.resolve("bad/more.jar"));
        refused("has the package com.example in two modules, bad.jar and more.jar: a package may be in one only");
    }

    @Test
    void moreBytesThanAPluginMayHave() {
        bad().entry("zeros", new byte[100_000]).write(plugins.resolve("bad.jar"));
        try (PluginRegistry registry = PluginRegistry.open(plugins, List.of(), null, RUNNING,
                new Allowance(100_000, 1 << 30))) {
            assertEquals(List.of("plugin bad is too large: its JARs, uncompressed, may hold 0 MiB"),
                    registry.problems());
            assertEquals(Set.of("good"), registry.providers().keySet());
        }
    }

    @Test
    void moreBytesThanAllPluginsMayHave() {
        bad().entry("zeros", new byte[100_000]).write(plugins.resolve("bad.jar"));
        bad().entry("zeros", new byte[100_000]).write(plugins.resolve("worse.jar"));
        try (PluginRegistry registry = PluginRegistry.open(plugins, List.of(), null, RUNNING,
                new Allowance(1 << 30, 150_000))) {
            assertEquals(List.of("plugin worse does not fit into the heap: all plugins together may hold 0 MiB,"
                    + " uncompressed; give the JVM more (-Xmx)"), registry.problems());
            assertEquals(Set.of("bad", "good"), registry.providers().keySet());
        }
    }

    /** The content of a refused plugin does not count against the next one. */
    @Test
    void whoIsRefusedTakesNoRoom() {
        TestingJar.create().entry("zeros", new byte[100_000]).write(plugins.resolve("aaa.jar"));
        bad().entry("zeros", new byte[100_000]).write(plugins.resolve("bad.jar"));
        try (PluginRegistry registry = PluginRegistry.open(plugins, List.of(), null, RUNNING,
                new Allowance(1 << 30, 150_000))) {
            assertEquals(1, registry.problems().size());
            assertEquals(Set.of("bad", "good"), registry.providers().keySet());
        }
    }

    private static TestingJar bad() {
        return TestingJar.create().provider("com.example.Bad", "bad").service("com.example.Bad");
    }

    private static int java(int later) {
        return Runtime.version().feature() + later;
    }

    private PluginRegistry open(ApiVersion running) {
        return PluginRegistry.open(plugins, List.of(), null, running, Allowance.ofThisProcess());
    }

    /** The one sentence about the plugin {@code bad}. */
    private String refusal(ApiVersion running) {
        try (PluginRegistry registry = open(running)) {
            assertEquals(1, registry.refused().size(), registry.problems()::toString);
            assertEquals("bad", registry.refused().getFirst().name());
            assertEquals(Set.of("good"), registry.providers().keySet());
            return registry.problems().getFirst();
        }
    }

    private void refused(String predicate) {
        assertEquals("plugin bad " + predicate, refusal(RUNNING));
    }

    private void refusedFor(String predicate) {
        refused("cannot be used: its provider com.example.Bad " + predicate);
    }
}
