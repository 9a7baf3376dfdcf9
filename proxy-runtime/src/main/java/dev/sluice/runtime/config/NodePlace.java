package dev.sluice.runtime.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.yaml.Location;
import dev.sluice.runtime.yaml.Node;
import dev.sluice.runtime.yaml.NodePath;
import dev.sluice.runtime.yaml.SourceText;
import org.jspecify.annotations.Nullable;

/** A node of a file, as the place of a record. Immutable once the record has been read. */
final class NodePlace extends ConfigPlace {
    private final Node node;
    private final NodePath path;
    private final Environment environment;
    private final Set<String> wrong = new HashSet<>(0);

    NodePlace(Node node, NodePath path, Environment environment) {
        this.node = node;
        this.path = path;
        this.environment = environment;
    }

    /**
     * The node that a key leads to.
     *
     * @param node null if the key was not written
     * @param at the location of the node, or of the nearest one around it
     */
    private record Target(@Nullable Node node, Location at, NodePath path) {
        private Target step(NodePath to, @Nullable Node found) {
            return new Target(found, found == null ? at : found.at(), to);
        }
    }

    /**
     * Follows keys and indices, as in {@code rules[2].deny[0]}. A key may have dots in it: the longest key that exists
     * is taken.
     */
    private Target target(@Nullable String key) {
        Target target = new Target(node, node.at(), path);
        for (String rest = key == null ? "" : key; !rest.isEmpty();) {
            int index = index(rest);
            if (index >= 0) {
                target = target.step(target.path.index(index), item(target.node, index));
                rest = rest.substring(rest.indexOf(']') + 1);
            } else {
                String name = name(target.node, rest);
                target = target.step(target.path.key(name), value(target.node, name));
                rest = rest.substring(name.length());
            }
            rest = rest.startsWith(".") ? rest.substring(1) : rest;
        }
        return target;
    }

    static Spot spot(Location at, NodePath path) {
        SourceText source = at.source();
        return new Spot(source.name(), source.order(), at.line(), at.column(), path.toString(),
                source.excerpt(at.line(), at.column()));
    }

    @Override
    public Spot at(@Nullable String key) {
        Target target = target(key);
        return spot(target.at, target.path);
    }

    @Override
    public boolean has(String key) {
        return target(key).node != null;
    }

    @Override
    public boolean isWrong(String key) {
        return wrong.contains(key);
    }

    void markWrong(String key) {
        wrong.add(key);
    }

    @Override
    public @Nullable String text(String key) {
        return target(key).node instanceof Node.Scalar scalar ? environment.replace(scalar.text()).text() : null;
    }

    @Override
    public NodePlace below(String key) {
        Target target = target(key);
        Node below = target.node == null ? Section.nothing(target.at) : target.node;
        return new NodePlace(below, target.path, environment);
    }

    @Override
    public Path directory() {
        return node.at().source().directory();
    }

    Node node() {
        return node;
    }

    NodePath path() {
        return path;
    }

    /** The number in the brackets that a text starts with; -1 if there are none. */
    private static int index(String text) {
        int end = text.indexOf(']');
        String digits = text.startsWith("[") && end > 0 ? text.substring(1, end) : "";
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
    }

    private static @Nullable Node item(@Nullable Node node, int index) {
        if (node instanceof Node.Sequence sequence) {
            return index < sequence.items().size() ? sequence.items().get(index) : null;
        }
        // A single element may be written without its list.
        return index == 0 ? node : null;
    }

    private static @Nullable Node value(@Nullable Node node, String key) {
        Node.Entry entry = node instanceof Node.Mapping mapping ? mapping.entries().get(key) : null;
        return entry == null ? null : entry.value();
    }

    /** The key that a text starts with; never empty. */
    private static String name(@Nullable Node node, String text) {
        String longest = "";
        if (node instanceof Node.Mapping mapping) {
            for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
                String key = entry.getKey();
                boolean fits = text.startsWith(key)
                        && (text.length() == key.length() || ".[".indexOf(text.charAt(key.length())) >= 0);
                longest = fits && key.length() > longest.length() ? key : longest;
            }
        }
        if (!longest.isEmpty()) {
            return longest;
        }
        int end = 1;
        while (end < text.length() && ".[".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return text.substring(0, end);
    }
}
