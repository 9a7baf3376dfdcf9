package dev.sluice.runtime.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

import dev.sluice.runtime.yaml.Node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Loads configurations from texts, under the name {@value #NAME}. */
final class TestingConfig {
    static final String NAME = "c.yaml";

    private TestingConfig() {}

    static ConfigLoader.Loaded load(String yaml) {
        return load(yaml, FilterCatalog.EMPTY);
    }

    static ConfigLoader.Loaded load(String yaml, FilterCatalog filters) {
        try {
            return new ConfigLoader(Map.of()).parse(yaml, NAME, plugins -> filters);
        } catch (ProblemsException e) {
            throw new AssertionError("refused:\n" + e.getMessage(), e);
        }
    }

    static ProblemsException refused(String yaml, FilterCatalog filters) {
        return assertThrows(ProblemsException.class,
                () -> new ConfigLoader(Map.of()).parse(yaml, NAME, plugins -> filters));
    }

    /** The first line of each problem. */
    static List<String> problems(String yaml) {
        return problems(yaml, FilterCatalog.EMPTY);
    }

    static List<String> problems(String yaml, FilterCatalog filters) {
        return firstLines(refused(yaml, filters).problems());
    }

    static List<String> warnings(String yaml) {
        return warnings(yaml, FilterCatalog.EMPTY);
    }

    static List<String> warnings(String yaml, FilterCatalog filters) {
        return firstLines(load(yaml, filters).warnings());
    }

    static List<String> firstLines(List<Problem> problems) {
        return problems.stream().map(p -> p.render().lines().findFirst().orElseThrow()).toList();
    }

    static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(TestingConfig.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The outcome of a parser: its value, or the message. */
    static <T> String outcome(ScalarParser<T> parser, String text, Node.Kind kind) {
        return switch (parser.parse(new ScalarParser.Input(text, kind, false))) {
            case ScalarParser.Good<T>(T value) -> String.valueOf(value);
            case ScalarParser.Bad<T>(String what, String allowed, String didYouMean) ->
                "! " + what + (allowed == null ? "" : " | " + allowed) + (didYouMean == null ? "" : " | " + didYouMean);
        };
    }

    /** An outcome without what all rows of a table have in common. */
    static String shortened(String outcome, String allowed) {
        return outcome.replace(" | " + allowed, "");
    }

    /** A row of a table: {@code input => expected}. */
    static void assertRow(String row, UnaryOperator<String> outcome) {
        String[] parts = row.split(" => ", 2);
        assertEquals(parts[1], outcome.apply(parts[0]), parts[0]);
    }
}
