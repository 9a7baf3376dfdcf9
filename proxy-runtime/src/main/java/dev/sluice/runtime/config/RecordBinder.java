package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.api.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * Reads nodes into what their {@link Shape} says. Whatever is wrong is noted, and reading goes on; null is returned for what has something wrong
 * in it. Used by one thread.
 */
final class RecordBinder {
    /** Of records in one another: what YAML may have, and as much again by defaults. */
    private static final int MAX_DEPTH = 2 * YamlReader.MAX_DEPTH;

    private final Section.Context context;
    private int depth;

    RecordBinder(Section.Context context) {
        this.context = context;
    }

    /**
     * Tries the defaults of a record and of all it consists of, so that a wrong one is not found only where it is needed.
     *
     * @throws RecordDefect if one is wrong
     */
    static void checkDefaults(Shape.Group group, Environment environment) throws RecordDefect {
        checkDefaults(group, environment, new ArrayList<>());
    }

    private static void checkDefaults(Shape shape, Environment environment, List<Shape.Group> checked)
            throws RecordDefect {
        switch (shape) {
            case Shape.Value _ -> {
            }
            case Shape.Many(Shape element) -> checkDefaults(element, environment, checked);
            case Shape.Named(Shape value) -> checkDefaults(value, environment, checked);
            case Shape.Maybe(Shape content) -> checkDefaults(content, environment, checked);
            case Shape.Group group when !checked.contains(group) -> {
                checked.add(group);
                for (Shape.Component component : group.components()) {
                    checkDefaults(component.shape(), environment, checked);
                    checkDefault(group, component, environment);
                }
            }
            case Shape.Group _ -> {
            }
        }
    }

    private static void checkDefault(Shape.Group group, Shape.Component component, Environment environment)
            throws RecordDefect {
        Problems problems = new Problems();
        Node node = component.defaultValue();
        if (node != null) {
            new RecordBinder(new Section.Context(problems, environment)).bind(component.shape(), node,
                    ConfigPath.ROOT);
        }
        if (!problems.isEmpty()) {
            throw new RecordDefect("the default of '" + component.key() + "' in its record " + group.type().getName()
                    + " is wrong: " + problems.errors().getFirst().what());
        }
    }

    /** The record that a node is. */
    @Nullable
    Record record(Shape.Group group, Node node, ConfigPath path) {
        if (depth == MAX_DEPTH) {
            context.problems().add(node.at(), path, "this is nested too deeply", null, null);
            return null;
        }
        Section section = Section.of(context, node, path);
        if (!(node instanceof Node.Mapping) && !isNothing(node)) {
            return null;
        }
        depth++;
        List<Object> components = new ArrayList<>();
        for (Shape.Component component : group.components()) {
            Object value = component(component, section);
            if (value != null) {
                components.add(value);
            }
        }
        depth--;
        // What the constructor would say about a mistyped key that is missing now is no help.
        boolean whole = !section.refuseOtherKeys() && components.size() == group.components().size();
        return whole ? construct(group, components, node, path) : null;
    }

    private @Nullable Object component(Shape.Component component, Section section) {
        String key = component.key();
        Node written = section.node(key);
        Node node = written == null ? component.defaultValue() : written;
        if (node != null) {
            return bind(component.shape(), node, section.path().key(key));
        }
        return switch (component.shape()) {
            case Shape.Many _ -> List.of();
            case Shape.Named _ -> Map.of();
            case Shape.Maybe _ -> Optional.empty();
            case Shape.Value _,Shape.Group _ -> missing(component, section);
        };
    }

    private static @Nullable Object missing(Shape.Component component, Section section) {
        String description = component.description();
        section.require(component.key(),
                description == null ? "it has no default" : description.replaceFirst("\\.$", ""));
        return null;
    }

    private @Nullable Record construct(Shape.Group group, List<Object> components, Node node, ConfigPath path) {
        try {
            return PluginCode.construct(group.constructor(), components.toArray());
        } catch (ConfigException e) {
            NodePlace.Target target = new NodePlace(node, path).target(e.key());
            context.problems().add(target.at(), target.path(), e.what(), e.allowed(), e.didYouMean());
            return null;
        }
    }

    private @Nullable Object bind(Shape shape, Node node, ConfigPath path) {
        return switch (shape) {
            case Shape.Value(ScalarParser<?> parser) -> {
                Located<?> value = Section.read(context, node, path, parser);
                yield value == null ? null : value.value();
            }
            case Shape.Many(Shape element) -> list(element, node, path);
            case Shape.Named(Shape value) -> map(value, node, path);
            case Shape.Maybe(Shape content) -> {
                Object value = bind(content, node, path);
                yield value == null ? null : Optional.of(value);
            }
            case Shape.Group group -> record(group, node, path);
        };
    }

    private @Nullable Object list(Shape element, Node node, ConfigPath path) {
        if (isNothing(node)) {
            // Not an empty list: whoever has commented out all of its elements would not expect the same as without the key.
            context.problems().add(node.at(), path, "this key has no value", "a list, or leaving the key out", null);
            return null;
        }
        boolean alone = !(node instanceof Node.Sequence);
        List<Node> items = node instanceof Node.Sequence sequence ? sequence.items() : List.of(node);
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Object value = bind(element, items.get(i), alone ? path : path.index(i));
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == items.size() ? List.copyOf(values) : null;
    }

    private @Nullable Object map(Shape value, Node node, ConfigPath path) {
        Section section = Section.of(context, node, path);
        if (!(node instanceof Node.Mapping) && !isNothing(node)) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        for (String key : section.node().entries().keySet()) {
            Node child = key.equals(Section.MERGE_KEY) ? null : section.node(key);
            Object read = child == null ? null : bind(value, child, path.key(key));
            if (read != null) {
                values.put(key, read);
            }
        }
        boolean whole = !section.refuseOtherKeys() && values.size() == section.node().entries().size();
        return whole ? Collections.unmodifiableMap(values) : null;
    }

    private static boolean isNothing(Node node) {
        return node instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.NOTHING;
    }

}
