package dev.sluice.runtime.config;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.yaml.Location;
import dev.sluice.runtime.yaml.Node;
import dev.sluice.runtime.yaml.NodePath;
import org.jspecify.annotations.Nullable;

/**
 * A mapping that is read key by key. Keys that were not read are unknown, and {@link #refuseOtherKeys} reports them.
 * Used by one thread.
 */
final class Section {
    /** The key by which YAML 1.1 merged mappings. */
    static final String MERGE_KEY = "<<";

    /** A value and the place it was read from. */
    record Parsed<T>(T value, Location at, NodePath path) {}

    /** The description of a section in messages. */
    static final String MAPPING = "a mapping, as in key: value";

    private final Context context;
    private final Node.Mapping node;
    private final NodePath path;
    private final Set<String> asked = new LinkedHashSet<>();

    private Section(Context context, Node.Mapping node, NodePath path) {
        this.context = context;
        this.node = node;
        this.path = path;
    }

    /**
     * The section for a node. A node without content is an empty section; a node of another type is an empty section
     * and a problem.
     */
    static Section of(Context context, Node node, NodePath path) {
        return of(context, node, path, MAPPING);
    }

    /** Like {@link #of(Context, Node, NodePath)}, with what is allowed there. */
    static Section of(Context context, Node node, NodePath path, String allowed) {
        if (node instanceof Node.Mapping mapping) {
            return new Section(context, mapping, path);
        }
        if (!isNothing(node)) {
            context.problems().add(node.at(), path, "this is " + noun(node), allowed, null);
        }
        return new Section(context, nothing(node.at()), path);
    }

    /** A mapping without keys. */
    static Node.Mapping nothing(Location at) {
        return new Node.Mapping(at, new LinkedHashMap<>(), 1, 1);
    }

    static boolean isNothing(Node node) {
        return node instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.NOTHING;
    }

    Node.Mapping node() {
        return node;
    }

    NodePath path() {
        return path;
    }

    /** The value of a key, which counts as known from now on; null if it is absent. */
    @Nullable
    Node node(String key) {
        asked.add(key);
        Node.Entry entry = node.entries().get(key);
        return entry == null ? null : entry.value();
    }

    /** The place of a key, or of the section if the key is absent. */
    Location keyAt(String key) {
        Node.Entry entry = node.entries().get(key);
        return entry == null ? node.at() : entry.keyAt();
    }

    /** Reports an absent key. */
    void missing(String key, String meaning) {
        context.problems().add(node.at(), path, "the key '" + key + "' is missing: " + meaning, null, null);
    }

    /** Reports a problem with the value of a key, or with the section if the key is absent. */
    void problem(String key, String what, @Nullable String allowed) {
        Node.Entry entry = node.entries().get(key);
        context.problems().add(entry == null ? node.at() : entry.value().at(), path.key(key), what, allowed, null);
    }

    /**
     * Refuses every key that was not read.
     *
     * @param planned keys of later versions
     * @return whether there were any
     */
    boolean refuseOtherKeys(List<String> planned) {
        for (Map.Entry<String, Node.Entry> entry : node.entries().entrySet()) {
            String key = entry.getKey();
            if (asked.contains(key)) {
                continue;
            }
            Location at = entry.getValue().keyAt();
            String allowed = String.join(", ", asked);
            if (planned.contains(key)) {
                context.problems().add(at, path.key(key), "'" + key + "' is not supported by this version of Sluice",
                        allowed, null);
            } else if (key.equals(MERGE_KEY)) {
                context.problems().add(at, path.key(key), "merge keys are not supported",
                        "an alias as the whole value, as in timeouts: *slow", null);
            } else {
                context.problems().add(at, path.key(key), "unknown key " + Printable.quote(key), allowed,
                        DidYouMean.among(asked, key));
            }
        }
        return !asked.containsAll(node.entries().keySet());
    }

    /** The value of a node by a parser; null, with a problem reported, if it is refused. */
    static <T> @Nullable Parsed<T> read(Context context, Node node, NodePath path, ScalarParser<T> parser) {
        if (!(node instanceof Node.Scalar scalar)) {
            return refuse(context, node, path, new Bad<>("this is " + noun(node), "one value", null), "");
        }
        if (scalar.kind() == Node.Kind.NOTHING) {
            return refuse(context, node, path,
                    new Bad<>("this key has no value", "a value; or remove the key", null), "");
        }
        Environment.Replaced replaced = context.environmentOf(node).replace(scalar.text());
        if (replaced.problem() != null) {
            return refuse(context, node, path, replaced.problem(), "");
        }
        boolean any = !replaced.names().isEmpty();
        ScalarParser.Result<T> result = parser.parse(new ScalarParser.Input(replaced.text(), scalar.kind(), any));
        if (result instanceof Bad<T> bad) {
            return refuse(context, node, path, bad,
                    any ? " (from ${" + String.join("}, ${", replaced.names()) + "})" : "");
        }
        return new Parsed<>(((Good<T>) result).value(), node.at(), path);
    }

    private static <T> @Nullable Parsed<T> refuse(Context context, Node node, NodePath path, Bad<?> bad,
            String origin) {
        context.problems().add(node.at(), path, bad.what() + origin, bad.allowed(), bad.didYouMean());
        return null;
    }

    /** The description of a node for messages. */
    static String noun(Node node) {
        return switch (node) {
            case Node.Mapping mapping -> "a mapping";
            case Node.Sequence sequence -> "a list";
            case Node.Scalar scalar -> "the value " + Printable.quote(scalar.text());
        };
    }
}
