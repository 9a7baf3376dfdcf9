package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import org.jspecify.annotations.Nullable;

/**
 * A mapping, read key by key. What is wrong is noted and something harmless returned, so that reading goes on; what was never asked for is
 * unknown, and {@link #refuseOtherKeys} says so. Used by one thread.
 */
final class Section {
    /** What YAML 1.1 merged mappings by. */
    static final String MERGE_KEY = "<<";

    /** What all sections of one load share. */
    record Context(Problems problems, Environment environment, KeyLog keys) {
        Context(Problems problems, Environment environment) {
            this(problems, environment, KeyLog.NONE);
        }
    }

    private final Context context;
    private final Node.Mapping node;
    private final ConfigPath path;
    private final Set<String> asked = new LinkedHashSet<>();
    private final Set<String> wrong = new HashSet<>();

    private Section(Context context, Node.Mapping node, ConfigPath path) {
        this.context = context;
        this.node = node;
        this.path = path;
    }

    /** The section that a node is. One without content is empty; one of another type is empty and a problem. */
    static Section of(Context context, Node node, ConfigPath path) {
        if (node instanceof Node.Mapping mapping) {
            return new Section(context, mapping, path);
        }
        if (!(node instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.NOTHING)) {
            context.problems.add(node.at(), path, "this is " + noun(node), "a mapping, as in key: value", null);
        }
        return empty(context, node.at(), path);
    }

    static Section empty(Context context, Location at, ConfigPath path) {
        return new Section(context, new Node.Mapping(at, new LinkedHashMap<>(), 1, 1), path);
    }

    Context context() {
        return context;
    }

    Node.Mapping node() {
        return node;
    }

    Location at() {
        return node.at();
    }

    ConfigPath path() {
        return path;
    }

    /** Where the value of a key stands, or the section if the key is absent. */
    Location at(String key) {
        Node.Entry entry = node.entries().get(key);
        return entry == null ? node.at() : entry.value().at();
    }

    Location keyAt(String key) {
        Node.Entry entry = node.entries().get(key);
        return entry == null ? node.at() : entry.keyAt();
    }

    boolean has(String key) {
        return node(key) != null;
    }

    @Nullable
    Node node(String key) {
        asked.add(key);
        Node.Entry entry = node.entries().get(key);
        return entry == null ? null : entry.value();
    }

    /** The section under a key; empty if it is absent. */
    Section section(String key) {
        context.keys.section(path.key(key));
        Node child = node(key);
        return child == null ? empty(context, node.at(), path.key(key)) : of(context, child, path.key(key));
    }

    /** The sections of the list under a key; none if it is absent. */
    List<Section> sections(String key) {
        context.keys.sections(path.key(key), 0);
        List<Section> sections = new ArrayList<>();
        Node child = node(key);
        if (child instanceof Node.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                sections.add(of(context, sequence.items().get(i), path.key(key).index(i)));
            }
        } else if (child != null && !(child instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.NOTHING)) {
            problem(key, "this is " + noun(child), "a list, as in - key: value", null);
        }
        return sections;
    }

    /**
     * The sections of the list under a key, of which there must be one, if the key is there.
     *
     * @param noun what they are, in the plural
     */
    List<Section> someSections(String key, String noun, String example) {
        List<Section> sections = sections(key);
        context.keys.sections(path.key(key), 1);
        if (node(key) instanceof Node.Sequence sequence
                ? sequence.items().isEmpty()
                : node(key) instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.NOTHING) {
            problem(key, "the list of " + noun + " is empty", "at least one, as in " + example, null);
        }
        return sections;
    }

    /** The values under a key that takes one or a list of them; none if it is absent. */
    <T> List<Located<T>> values(String key, ScalarParser<T> parser) {
        context.keys.oneOrMany(path.key(key), parser.form());
        List<Located<T>> values = new ArrayList<>();
        Node node = node(key);
        if (node instanceof Node.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                addIfRead(values, read(context, sequence.items().get(i), path.key(key).index(i), parser));
            }
        } else if (node != null) {
            addIfRead(values, read(context, node, path.key(key), parser));
        }
        return values;
    }

    private static <T> void addIfRead(List<Located<T>> values, @Nullable Located<T> value) {
        if (value != null) {
            values.add(value);
        }
    }

    /** The value under a key, or the default if it is absent or wrong. */
    <T> T value(String key, ScalarParser<T> parser, T defaultValue) {
        context.keys.defaultValue(path.key(key), defaultValue);
        Located<T> located = optional(key, parser);
        return located == null ? defaultValue : located.value();
    }

    /** The value under a key; null if it is absent or wrong. */
    <T> @Nullable Located<T> optional(String key, ScalarParser<T> parser) {
        context.keys.scalar(path.key(key), parser.form());
        Node child = node(key);
        Located<T> value = child == null ? null : read(context, child, path.key(key), parser);
        if (child != null && value == null) {
            wrong.add(key);
        }
        return value;
    }

    /** Whether the value of a key was wrong, so that what was returned for it says nothing about other values. */
    boolean isWrong(String key) {
        return wrong.contains(key);
    }

    /** The value under a key; null if it is absent, which is a problem, or wrong. */
    <T> @Nullable Located<T> required(String key, ScalarParser<T> parser, String meaning) {
        require(key, meaning);
        return optional(key, parser);
    }

    /** A required name. One that cannot be a name is a problem, but returned all the same: who refers to it is not wrong too. */
    @Nullable
    Located<String> name(String key, String meaning) {
        Located<String> name = required(key, Scalars::text, meaning);
        if (name != null) {
            optional(key, Scalars.NAME);
        }
        return name;
    }

    /** Notes a problem if a key is absent. */
    void require(String key, String meaning) {
        context.keys.required(path.key(key));
        if (!has(key)) {
            context.problems.add(node.at(), path, "the key '" + key + "' is missing: " + meaning, null, null);
        }
    }

    /** Notes a problem with the value of a key. */
    void problem(String key, String what, @Nullable String allowed, @Nullable String didYouMean) {
        context.problems.add(at(key), path.key(key), what, allowed, didYouMean);
    }

    void warn(String key, String what) {
        context.problems.warn(at(key), path.key(key), what);
    }

    /**
     * Refuses every key that was not asked for.
     *
     * @param planned keys of the contract that this version does not have yet
     * @return whether there was any
     */
    boolean refuseOtherKeys(String... planned) {
        for (Map.Entry<String, Node.Entry> entry : node.entries().entrySet()) {
            String key = entry.getKey();
            if (asked.contains(key)) {
                continue;
            }
            Location at = entry.getValue().keyAt();
            String allowed = String.join(", ", asked);
            if (List.of(planned).contains(key)) {
                context.problems.add(at, path.key(key), "'" + key + "' is not supported by this version of Sluice",
                        allowed, null);
            } else if (key.equals(MERGE_KEY)) {
                context.problems.add(at, path.key(key), "merge keys are not supported",
                        "an alias as the whole value, as in timeouts: *slow", null);
            } else {
                context.problems.add(at, path.key(key), "unknown key " + Texts.quote(key), allowed,
                        DidYouMean.among(asked, key));
            }
        }
        return !asked.containsAll(node.entries().keySet());
    }

    /** What a parser makes of a node; null, with a problem noted, if that is nothing. */
    static <T> @Nullable Located<T> read(Context context, Node node, ConfigPath at, ScalarParser<T> parser) {
        if (!(node instanceof Node.Scalar scalar)) {
            return refuse(context, node.at(), at, new Bad<>("this is " + noun(node), "one value", null), "");
        }
        if (scalar.kind() == Node.Kind.NOTHING) {
            return refuse(context, node.at(), at,
                    new Bad<>("this key has no value", "a value, or leaving the key out", null), "");
        }
        Environment.Replaced replaced = context.environment.replace(scalar.text());
        if (replaced.problem() != null) {
            return refuse(context, node.at(), at, replaced.problem(), "");
        }
        boolean any = !replaced.names().isEmpty();
        ScalarParser.Input input = new ScalarParser.Input(replaced.text(), scalar.kind(), any);
        ScalarParser.Result<T> result = parser.parse(input);
        if (result instanceof Bad<T> bad) {
            return refuse(context, node.at(), at, bad,
                    any ? " (from ${" + String.join("}, ${", replaced.names()) + "})" : "");
        }
        return new Located<>(((Good<T>) result).value(), replaced.text(), node.at(), at);
    }

    private static <T> @Nullable Located<T> refuse(Context context, Location place, ConfigPath at, Bad<?> bad,
            String origin) {
        context.problems.add(place, at, bad.what() + origin, bad.allowed(), bad.didYouMean());
        return null;
    }

    /** For messages. */
    static String noun(Node node) {
        return switch (node) {
            case Node.Mapping mapping -> "a mapping";
            case Node.Sequence sequence -> "a list";
            case Node.Scalar scalar -> "the value " + Texts.quote(scalar.text());
        };
    }
}
