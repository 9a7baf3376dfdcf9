package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.ReceivedProxyHeader;
import dev.sluice.runtime.shape.RecordDefectException;
import dev.sluice.runtime.shape.RecordShapes;
import dev.sluice.runtime.shape.Shape;
import dev.sluice.runtime.shape.Shape.Component;
import dev.sluice.runtime.shape.Shape.GivenShape;
import dev.sluice.runtime.shape.Shape.ListShape;
import dev.sluice.runtime.shape.Shape.MapShape;
import dev.sluice.runtime.shape.Shape.OptionalShape;
import dev.sluice.runtime.shape.Shape.RecordShape;
import dev.sluice.runtime.shape.Shape.ScalarShape;
import dev.sluice.runtime.yaml.Location;
import dev.sluice.runtime.yaml.Node;
import dev.sluice.runtime.yaml.NodePath;
import dev.sluice.runtime.yaml.YamlReader;
import org.jspecify.annotations.Nullable;

/**
 * A binder of nodes to records. Every problem is reported, and binding goes on.
 *
 * <p>A plugin's record with a problem is not created: its constructor sees no value that the user has not written. The
 * proxy's own records are created anyway, so that checks across sections can report problems in the rest. There, an
 * invalid value is replaced by its default, or by an empty value, or by null where a key is required, and the place of
 * the record marks the key as invalid. Used by one thread.
 */
final class RecordBinder {
    /** The deepest nesting of records: that of YAML, and as much again for defaults. */
    private static final int MAX_DEPTH = 2 * YamlReader.MAX_DEPTH;

    /** The source of component values that are not read from text. */
    interface GivenValues {
        /**
         * The value of a component, or null with a problem reported.
         *
         * @param before the components before it, null for invalid ones
         * @param place of the record
         */
        @Nullable
        Object value(GivenShape shape, List<@Nullable Object> before, NodePlace place);
    }

    private final Context context;
    /** The source of given values; null for a plugin's records. */
    private final @Nullable GivenValues given;
    private int depth;
    /** The number of problems so far: a part that adds none is valid. */
    private int mistakes;

    /** A binder of a plugin's records. */
    RecordBinder(Context context) {
        this(context, null);
    }

    /** A binder of the proxy's own records. */
    RecordBinder(Context context, @Nullable GivenValues given) {
        this.context = context;
        this.given = given;
    }

    /**
     * Tries the defaults and bounds of a record and of all its parts, so that a wrong one is found before it is needed.
     *
     * @throws RecordDefectException if one is wrong, or the record has another defect
     */
    static void check(RecordShape record, Environment environment) throws RecordDefectException {
        RecordShapes.check(record);
        checkDefaults(record, environment, new HashSet<>());
    }

    private static void checkDefaults(RecordShape record, Environment environment, Set<RecordShape> checked)
            throws RecordDefectException {
        if (!checked.add(record)) {
            return;
        }
        for (Component component : record.components()) {
            if (component.shape().content() instanceof RecordShape inner) {
                checkDefaults(inner, environment, checked);
            }
            Problems problems = new Problems();
            Context context = new Context(problems, environment);
            String which = "' in its record " + record.type().getName() + " is wrong: ";
            try {
                if (component.shape().content() instanceof ScalarShape scalar) {
                    context.parser(scalar);
                }
            } catch (IllegalArgumentException e) {
                throw new RecordDefectException("the range of '" + component.key() + which + e.getMessage());
            }
            try {
                Node node = context.defaultOf(component);
                if (node != null) {
                    new RecordBinder(context).bind(component.shape(), node, NodePath.ROOT);
                }
            } catch (IllegalArgumentException e) {
                throw new RecordDefectException("the default of the component '" + component.key() + "' of its record "
                        + record.type().getName() + " is not YAML: " + e.getMessage());
            }
            if (!problems.isEmpty()) {
                throw new RecordDefectException(
                        "the default of '" + component.key() + which + problems.errors().getFirst().what());
            }
        }
    }

    /** Binds a node to a record; null if that is impossible. */
    @Nullable
    Record record(RecordShape shape, Node written, NodePath path) {
        Node node = written(shape, written);
        if (depth == MAX_DEPTH) {
            mistakes++;
            context.problems().add(node.at(), path, "this is nested too deeply", null, null);
            return null;
        }
        int before = mistakes;
        Section section = Section.of(context, node, path, shape.type() == ReceivedProxyHeader.class
                ? "a mapping with trustedSources, to read headers; a cluster has the key proxyProtocol too, to send them"
                : Section.MAPPING);
        if (!(node instanceof Node.Mapping) && !Section.isNothing(node)) {
            mistakes++;
            if (given == null) {
                return null;
            }
        }
        depth++;
        NodePlace place = new NodePlace(section.node(), path, context.environment());
        List<@Nullable Object> values = new ArrayList<>();
        for (Component component : shape.components()) {
            values.add(component(component, values, section, place));
        }
        depth--;
        oneOf(shape, section);
        if (section.refuseOtherKeys(shape.plannedKeys())) {
            mistakes++;
        }
        boolean whole = mistakes == before;
        return whole || given != null ? construct(shape, values, place, whole) : null;
    }

    /** The node with a shorthand written out. */
    private static Node written(RecordShape shape, Node node) {
        return shape.shorthand().isEmpty() || !(node instanceof Node.Scalar) || Section.isNothing(node)
                ? node
                : new Node.Mapping(node.at(), Map.of(shape.shorthand(), new Node.Entry(node.at(), node)), 2, 1);
    }

    /** The value of a component; if it is invalid, its substitute in one of the proxy's own records. */
    @Nullable
    Object component(Component component, List<@Nullable Object> before, Section section, NodePlace place) {
        int mistakesBefore = mistakes;
        Object value = component.shape() instanceof GivenShape shape
                ? given(shape, component, before, section, place)
                : written(component, section);
        mistakes += value == null && mistakes == mistakesBefore ? 1 : 0;
        if (mistakes > mistakesBefore) {
            place.markWrong(component.key());
        }
        return value != null || given == null ? value : substitute(component, section);
    }

    private @Nullable Object given(GivenShape shape, Component component, List<@Nullable Object> before,
            Section section, NodePlace place) {
        if (shape.key()) {
            section.node(component.key());
        }
        return shape.type() == ConfigPlace.class || given == null ? place : given.value(shape, before, place);
    }

    private @Nullable Object written(Component component, Section section) {
        String key = component.key();
        NodePath path = section.path().key(key);
        Node node = section.node(key);
        if (node != null) {
            Object value = bind(component.shape(), node, path);
            return value instanceof List<?> list && list.isEmpty() && component.shape() instanceof ListShape shape
                    && shape.notEmpty() ? emptyList(component, section) : value;
        }
        if (component.required()) {
            section.missing(key, Stream.of(component.hint(), component.description().replaceFirst("\\.$", ""))
                    .filter(text -> !text.isEmpty()).findFirst().orElse("it has no default"));
            return null;
        }
        return absent(component, section);
    }

    private @Nullable Object emptyList(Component component, Section section) {
        boolean example = component.hint().startsWith("a list");
        section.problem(component.key(),
                example ? "the list of " + component.key() + " is empty" : "this list is empty",
                example
                        ? component.hint().replaceFirst("a list", "at least one")
                        : "at least one element; or remove the key");
        return null;
    }

    private @Nullable Object absent(Component component, Section section) {
        Node node = context.defaultOf(component);
        if (node != null) {
            // A problem with an absent section is reported for the section around it.
            boolean empty = node instanceof Node.Mapping mapping && mapping.entries().isEmpty();
            return bind(component.shape(), empty ? Section.nothing(section.node().at()) : node,
                    section.path().key(component.key()));
        }
        return empty(component.shape());
    }

    private @Nullable Object substitute(Component component, Section section) {
        return component.defaultText() == null ? empty(component.shape()) : absent(component, section);
    }

    private static @Nullable Object empty(Shape shape) {
        return shape instanceof ListShape
                ? List.of()
                : shape instanceof MapShape ? Map.of() : shape instanceof OptionalShape ? Optional.empty() : null;
    }

    private void oneOf(RecordShape shape, Section section) {
        List<String> keys = shape.oneOf();
        List<String> there = keys.stream().filter(key -> section.node(key) != null).toList();
        if (keys.isEmpty() || there.size() == 1) {
            return;
        }
        mistakes++;
        String first = keys.get(0);
        if (there.isEmpty()) {
            shape.components().stream().filter(component -> component.key().equals(first)).forEach(component -> section
                    .missing(first, component.hint().isEmpty()
                            ? "or one of " + String.join(", ", keys.subList(1, keys.size()))
                            : component.hint()));
        } else {
            section.problem(there.get(0), "'" + there.get(0) + "' and '" + there.get(1) + "' are both set",
                    shape.oneOfAllowed());
        }
    }

    private @Nullable Record construct(RecordShape shape, List<@Nullable Object> values, NodePlace place,
            boolean whole) {
        try {
            return PluginCode.construct(shape.constructor(), values.toArray());
        } catch (ConfigException e) {
            if (whole) {
                mistakes++;
                context.problems().add(place.at(e.key()), e.what(), e.allowed(), e.didYouMean());
            }
            // Otherwise the constructor has seen values that the user has not written.
            return null;
        }
    }

    // A switch over types generates code at each start (decision 0010).
    @SuppressWarnings("IfChainToSwitch")
    private @Nullable Object bind(Shape shape, Node node, NodePath path) {
        if (shape instanceof ScalarShape scalar) {
            return scalar(context.parser(scalar), node, path);
        } else if (shape instanceof RecordShape record) {
            return record(record, node, path);
        } else if (shape instanceof ListShape list) {
            return list(list, node, path);
        } else if (shape instanceof OptionalShape optional) {
            return optional(optional, node, path);
        } else if (shape instanceof MapShape map) {
            return map(map.value(), node, path);
        }
        throw new IllegalStateException("nothing is read into " + shape);
    }

    private <T> @Nullable T scalar(ScalarParser<T> parser, Node node, NodePath path) {
        Section.Parsed<T> parsed = Section.read(context, node, path, parser);
        mistakes += parsed == null ? 1 : 0;
        return parsed == null ? null : parsed.value();
    }

    private @Nullable Object optional(OptionalShape shape, Node node, NodePath path) {
        Object value;
        if (shape.switchable() && node instanceof Node.Scalar && !Section.isNothing(node)) {
            Boolean on = scalar(Scalars.flag(), node, path);
            if (Boolean.FALSE.equals(on)) {
                return Optional.empty();
            }
            value = on == null ? null : bind(shape.inner(), Section.nothing(node.at()), path);
        } else {
            value = bind(shape.inner(), node, path);
        }
        return value == null ? null : Optional.of(value);
    }

    /** Binds a node to a list; null if that is impossible. */
    @Nullable
    Object list(ListShape shape, Node node, NodePath path) {
        boolean sequence = node instanceof Node.Sequence;
        if (Section.isNothing(node) && !shape.single()) {
            return List.of();
        }
        if (!sequence && (Section.isNothing(node) || !shape.single())) {
            mistakes++;
            // Not an empty list: a user who has commented out all elements would not expect the same as without the
            // key.
            context.problems().add(node.at(), path,
                    shape.single() ? "this key has no value" : "this is " + Section.noun(node),
                    shape.single() ? "a list; or remove the key" : "a list, as in - key: value", null);
            return null;
        }
        List<Node> items = node instanceof Node.Sequence(Location _, List<Node> all, int _, int _)
                ? all
                : List.of(node);
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            Object value = bind(shape.element(), items.get(i), sequence ? path.index(i) : path);
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == items.size() || (given != null && !values.isEmpty()) ? List.copyOf(values) : null;
    }

    private @Nullable Object map(Shape value, Node node, NodePath path) {
        Section section = Section.of(context, node, path);
        if (!(node instanceof Node.Mapping) && !Section.isNothing(node)) {
            mistakes++;
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
        boolean whole = !section.refuseOtherKeys(List.of()) && values.size() == section.node().entries().size();
        mistakes += whole ? 0 : 1;
        return whole ? Collections.unmodifiableMap(values) : null;
    }
}
