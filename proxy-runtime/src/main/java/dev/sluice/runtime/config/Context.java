package dev.sluice.runtime.config;

import java.util.IdentityHashMap;
import java.util.regex.Pattern;

import dev.sluice.runtime.shape.Shape.Component;
import dev.sluice.runtime.shape.Shape.ScalarShape;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.yaml.Node;
import dev.sluice.runtime.yaml.SourceText;
import dev.sluice.runtime.yaml.YamlReader;
import org.jspecify.annotations.Nullable;

/** The state of one load that all of its readers share. Used by one thread. */
final class Context {
    /** The source of default values. */
    private static final SourceText DEFAULTS = new SourceText("default", 0, "");
    /** Defaults whose YAML type is obvious, so that no YAML parser has to be created for them. */
    private static final Pattern PLAIN = Pattern.compile("[0-9]+[A-Za-z]*|[a-z]+(-[a-z]+)*|\\$\\{[a-z_]+}");

    private final Problems problems;
    private final Environment environment;
    private final IdentityHashMap<ScalarShape, ScalarParser<?>> parsers = new IdentityHashMap<>();
    private final IdentityHashMap<Component, Node> defaults = new IdentityHashMap<>();
    private Environment defaultEnvironment;

    Context(Problems problems, Environment environment) {
        this.problems = problems;
        this.environment = environment;
        this.defaultEnvironment = environment;
    }

    Problems problems() {
        return problems;
    }

    /** The variables that a file may use. */
    Environment environment() {
        return environment;
    }

    /**
     * Computes a default when a configuration is loaded.
     *
     * @param defaultText the text of the default: a variable that only defaults can use
     */
    void compute(String defaultText, String value) {
        defaultEnvironment = defaultEnvironment.with(defaultText.substring(2, defaultText.length() - 1), value);
    }

    /** The variables that a node may use. */
    Environment environmentOf(Node node) {
        return node.at().source() == DEFAULTS ? defaultEnvironment : environment;
    }

    /**
     * The parser of a value.
     *
     * @throws IllegalArgumentException if its bounds are wrong
     */
    ScalarParser<?> parser(ScalarShape shape) {
        ScalarParser<?> known = parsers.get(shape);
        if (known == null) {
            known = ScalarParsers.of(shape);
            parsers.put(shape, known);
        }
        return known;
    }

    /**
     * The default of a component; null if it has none.
     *
     * @throws IllegalArgumentException if it is not YAML
     */
    @Nullable
    Node defaultOf(Component component) {
        String text = component.defaultText();
        return text == null ? null : defaults.computeIfAbsent(component, c -> read(text));
    }

    private static Node read(String text) {
        if (PLAIN.matcher(text).matches()) {
            Node.Kind kind = switch (text) {
                case "true", "false" -> Node.Kind.BOOLEAN;
                case "null" -> Node.Kind.NOTHING;
                default -> text.matches("[0-9]+") ? Node.Kind.NUMBER : Node.Kind.TEXT;
            };
            return new Node.Scalar(DEFAULTS.start(), kind, text);
        }
        SourceText source = text.equals("{}") ? DEFAULTS : new SourceText("default", 0, text);
        Node node = text.equals("{}")
                ? Section.nothing(source.start())
                : YamlReader.read(source, new Problems(), new YamlReader.Budget());
        if (node == null) {
            throw new IllegalArgumentException(Printable.quote(text));
        }
        return node;
    }
}
