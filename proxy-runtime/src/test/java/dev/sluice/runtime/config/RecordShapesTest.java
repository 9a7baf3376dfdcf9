package dev.sluice.runtime.config;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.tools.ToolProvider;

import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.ConfigKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Records that no configuration can be read into are defects of their plugins. */
class RecordShapesTest {
    record Fine(int number) {}

    record HasSet(Set<String> names) {}

    record HasDate(LocalDate date) {}

    record HasLists(List<List<String>> lists) {}

    record HasRawList(@SuppressWarnings("rawtypes") List list) {}

    record HasNumberKeys(Map<Integer, String> map) {}

    record HasOptionals(Optional<Optional<String>> maybe) {}

    record HasWildcard(List<? extends Number> numbers) {}

    // The very thing that is refused.
    @SuppressWarnings("ArrayRecordComponent")
    record HasArray(String[] names) {}

    record HasFloat(float number) {}

    record Generic<T>(T value) {}

    record Deep(Optional<Map<String, HasDate>> deep) {}

    record SameKeys(int number, @ConfigKey("number") int other) {}

    record NotYaml(@ConfigDefault("[ a") List<String> names) {}

    record WrongDefault(@ConfigDefault("soon") int when) {}

    record WrongDefaultBelow(Optional<WrongDefault> maybe) {}

    record RefusedDefault(@ConfigDefault("{ number: 1 }") Refusing refusing) {
        record Refusing(int number) {
            public Refusing {
                throw new ConfigException("number", "no " + number + " ever", null, null);
            }
        }
    }

    record Endless(@ConfigDefault("{}") Endless endless) {}

    @ParameterizedTest
    @CsvSource(delimiter = '@', value = {
        "HasSet@the component 'names' of its record ~HasSet has the type java.util.Set<java.lang.String>, which",
        "HasDate@the component 'date' of its record ~HasDate has the type java.time.LocalDate, which",
        "HasLists@the component 'lists' of its record ~HasLists has the type java.util.List<java.util.List<java.lang.String>>, which",
        "HasRawList@the component 'list' of its record ~HasRawList has the type java.util.List, which",
        "HasNumberKeys@the component 'map' of its record ~HasNumberKeys has the type java.util.Map<java.lang.Integer, java.lang.String>,"
                + " which",
        "HasOptionals@the component 'maybe' of its record ~HasOptionals has the type"
                + " java.util.Optional<java.util.Optional<java.lang.String>>, which",
        "HasWildcard@the component 'numbers' of its record ~HasWildcard has the type java.util.List<? extends java.lang.Number>, which",
        "HasArray@the component 'names' of its record ~HasArray has the type java.lang.String[], which",
        "HasFloat@the component 'number' of its record ~HasFloat has the type float, which",
        "Generic@the component 'value' of its record ~Generic has the type T, which",
        "Deep@the component 'date' of its record ~HasDate has the type java.time.LocalDate, which",
        "SameKeys@two components of its record ~SameKeys have the key 'number'",
        "NotYaml@the default of the component 'names' of its record ~NotYaml is not YAML: '[ a'",
        "WrongDefault@the default of 'when' in its record ~WrongDefault is wrong: 'soon' is not a whole number",
        "WrongDefaultBelow@the default of 'when' in its record ~WrongDefault is wrong: 'soon' is not a whole number",
        "RefusedDefault@the default of 'refusing' in its record ~RefusedDefault is wrong: no 1 ever",
        "Endless@the default of 'endless' in its record ~Endless is wrong: this is nested too deeply"})
    void aDefectIsOneProblem(String name, String expected) throws Exception {
        Class<?> type = Class.forName(RecordShapesTest.class.getName() + "$" + name);
        String what = expected.replace("~", RecordShapesTest.class.getName() + "$").replaceFirst(", which$",
                ", which a configuration cannot express; the package dev.sluice.api.config lists the types that it can");
        assertEquals(List.of("c.yaml:3:75 listeners[0].filters[0].type: the filter 'test' cannot be configured: " + what
                + "; allowed: a version of the plugin without this defect"), problems(provider(type)));
    }

    @Test
    void aDefectCostsOnlyWhoUsesTheFilter() {
        FilterCatalog catalog = TestingProvider.catalog(provider(HasSet.class),
                new TestingProvider<>("fine", Fine.class));
        assertEquals(new Fine(7), TestingConfig.load(yaml("{ type: fine, config: { number: 7 } }"), catalog)
                .configuration().listeners().getFirst().filters().getFirst().config());
    }

    /** A provider whose generic type the compiler would refuse. */
    private static final class Liar implements FilterProvider<Fine> {
        private final String lie;

        Liar(String lie) {
            this.lie = lie;
        }

        @Override
        public String type() {
            return "test";
        }

        @SuppressWarnings("unchecked")
        @Override
        public Class<Fine> configType() {
            return switch (lie) {
                case "string" -> (Class<Fine>) (Class<?>) String.class;
                case "throws" -> throw new IllegalStateException("not today");
                default -> throw new NoSuchMethodError("Newer.api()");
            };
        }

        @Override
        public FilterFactory create(Fine config, FilterEnvironment environment) {
            throw new AssertionError();
        }
    }

    @ParameterizedTest
    @CsvSource({"string,java.lang.String is not a record",
        "throws,~.configType() failed: java.lang.IllegalStateException: not today",
        "newer,~.configType() failed: java.lang.NoSuchMethodError: Newer.api()"})
    void aProviderThatIsWrongItself(String lie, String expected) {
        assertEquals(List.of("c.yaml:3:75 listeners[0].filters[0].type: the filter 'test' cannot be configured: "
                + expected.replace("~", Liar.class.getName())
                + "; allowed: a version of the plugin without this defect"),
                problems(new Liar(lie)));
    }

    @TempDir
    private Path directory;

    /** Tests run on the class path, so the module that reads is the unnamed one, and nothing is exported or opened to it alone. */
    @ParameterizedTest
    @ValueSource(strings = {"exports com.example;", "opens com.example;"})
    void aRecordOfAModule(String directive) throws Exception {
        assertEquals("Config[number=7, side=Side[name=left]]", TestingConfig.load(
                yaml("{ type: test, config: { number: 7, side: left } }"),
                TestingProvider.catalog(provider(module(directive, "public", "public")))).configuration()
                .listeners().getFirst().filters().getFirst().config().toString());
    }

    @ParameterizedTest
    @CsvSource({"'',public,public,its record com.example.Config",
        "exports com.example;,'',public,its record com.example.Config",
        "exports com.example;,public,'',the type com.example.Side of the component 'side' of its record com.example.Config"})
    void aRecordOutOfReach(String directive, String record, String type, String what) throws Exception {
        assertEquals(List.of("c.yaml:3:75 listeners[0].filters[0].type: the filter 'test' cannot be configured: " + what
                + " is not accessible: the module com.example.plugin has to declare 'exports com.example;', and the type to be public,"
                + " or 'opens com.example to dev.sluice.runtime;'; allowed: a version of the plugin without this defect"),
                problems(provider(module(directive, record, type))));
    }

    @Test
    void aRecordOfAModuleThatIsIncomplete() throws Exception {
        Class<?> config = module("exports com.example;", "public", "public");
        Files.delete(directory.resolve("classes/com/example/Side.class"));
        assertEquals(
                "c.yaml:3:75 listeners[0].filters[0].type: the filter 'test' cannot be configured: its record com.example.Config"
                        + " cannot be inspected: java.lang.NoClassDefFoundError: com/example/Side",
                problems(provider(config)).getFirst().replaceFirst("; allowed.*", ""));
    }

    /** Compiles a module with a record, and loads it. */
    private Class<?> module(String directive, String record, String type) throws IOException, ClassNotFoundException {
        Path sources = Files.createDirectories(directory.resolve("sources/com/example"));
        List<String> arguments = new ArrayList<>(
                List.of("-d", directory.resolve("classes").toString(), "-proc:none", "-implicit:none"));
        Map<Path, String> texts = Map.of(
                sources.resolveSibling("../module-info.java").normalize(),
                "module com.example.plugin { %s }".formatted(directive),
                sources.resolve("Config.java"),
                "package com.example; %s record Config(int number, Side side) {}".formatted(record),
                sources.resolve("Side.java"),
                "package com.example; %s record Side(String name) { public static Side parse(String s) { return new Side(s); } }"
                        .formatted(type));
        for (Map.Entry<Path, String> text : texts.entrySet()) {
            arguments.add(Files.writeString(text.getKey(), text.getValue()).toString());
        }
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)));
        Configuration configuration = ModuleLayer.boot().configuration().resolve(
                ModuleFinder.of(directory.resolve("classes")), ModuleFinder.of(), Set.of("com.example.plugin"));
        ModuleLayer layer = ModuleLayer.boot().defineModulesWithOneLoader(configuration, getClass().getClassLoader());
        return layer.findLoader("com.example.plugin").loadClass("com.example.Config");
    }

    private static FilterProvider<?> provider(Class<?> type) {
        return new TestingProvider<>("test", type.asSubclass(Record.class));
    }

    private static List<String> problems(FilterProvider<?> provider) {
        return TestingConfig.problems(yaml("{ type: test }"), TestingProvider.catalog(provider));
    }

    private static String yaml(String filter) {
        return """
                clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: web, filters: [ %s ] }
                """.formatted(filter);
    }
}
