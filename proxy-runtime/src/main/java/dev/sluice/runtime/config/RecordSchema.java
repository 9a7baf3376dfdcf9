package dev.sluice.runtime.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.json.JsonTree;
import dev.sluice.runtime.shape.Shape;
import dev.sluice.runtime.shape.Shape.Component;
import dev.sluice.runtime.shape.Shape.DefectShape;
import dev.sluice.runtime.shape.Shape.GivenShape;
import dev.sluice.runtime.shape.Shape.ListShape;
import dev.sluice.runtime.shape.Shape.MapShape;
import dev.sluice.runtime.shape.Shape.OptionalShape;
import dev.sluice.runtime.shape.Shape.RecordShape;
import dev.sluice.runtime.shape.Shape.ScalarShape;
import dev.sluice.runtime.yaml.Location;
import dev.sluice.runtime.yaml.Node;
import org.jspecify.annotations.Nullable;

/** The JSON Schema of a record. Used by one thread. */
final class RecordSchema {
    /** A change of a record's schema. */
    interface Change {
        void apply(RecordShape record, Map<String, Object> schema, Map<String, Object> properties);
    }

    private final String type;
    private final @Nullable Map<String, Object> definitions;
    private final Change change;
    private final Context context = new Context(new Problems(), new Environment(Map.of()));

    /**
     * A generator for the record of a filter type.
     *
     * @param definitions receives a schema for each record, because a record may contain its own type
     */
    RecordSchema(String type, Map<String, Object> definitions) {
        this.type = type;
        this.definitions = definitions;
        this.change = (record, schema, properties) -> {};
    }

    /** A generator for a record of the proxy itself, with inner records inlined. */
    RecordSchema(Change change) {
        this.type = "";
        this.definitions = null;
        this.change = change;
    }

    Map<String, Object> of(Shape shape) {
        return switch (shape) {
            case ScalarShape scalar -> ScalarSchema.of(context.parser(scalar).syntax());
            case ListShape list -> list(list);
            case MapShape(Shape value) ->
                JsonTree.object("type", List.of("object", "null"), "additionalProperties", of(value));
            case OptionalShape(Shape inner, boolean switchable) -> switchable
                    ? JsonTree.object("anyOf", List.of(ScalarSchema.of(new ScalarSyntax.Flag()), of(inner)))
                    : of(inner);
            case RecordShape record ->
                definitions == null ? orShorthand(record, record(record)) : reference(record, definitions);
            case GivenShape _,DefectShape _ -> JsonTree.object("type", List.of("object", "null"));
        };
    }

    private Map<String, Object> list(ListShape list) {
        Map<String, Object> element = of(list.element());
        Map<String, Object> array = JsonTree.object("type",
                list.single() || list.notEmpty() ? "array" : List.of("array", "null"), "items", element);
        if (list.notEmpty()) {
            array.put("minItems", 1);
        }
        return list.single() ? JsonTree.object("anyOf", List.of(element, array)) : array;
    }

    private Map<String, Object> reference(RecordShape record, Map<String, Object> known) {
        String name = type + ":" + record.type().getName();
        if (!known.containsKey(name)) {
            Map<String, Object> schema = JsonTree.object();
            known.put(name, schema);
            schema.putAll(record(record));
        }
        return JsonTree.object("$ref", ScalarSchema.DEFINITIONS + name);
    }

    private Map<String, Object> orShorthand(RecordShape record, Map<String, Object> schema) {
        return record.components().stream().filter(component -> component.key().equals(record.shorthand())).findFirst()
                .map(component -> JsonTree.object("anyOf", List.of(of(component.shape()), schema))).orElse(schema);
    }

    Map<String, Object> record(RecordShape record) {
        Map<String, Object> properties = JsonTree.object();
        List<String> required = new ArrayList<>();
        for (Component component : record.components().stream().filter(Component::isKey).toList()) {
            properties.put(component.key(), property(component));
            if (component.required()) {
                required.add(component.key());
            }
        }
        boolean filled = !required.isEmpty() || record.type() == RouteConfig.Match.class;
        // A section without content is empty, which is invalid for a record with required keys.
        Map<String, Object> schema = JsonTree.object("type", filled ? "object" : List.of("object", "null"),
                "properties",
                properties, "required", required, "additionalProperties", false);
        if (record.type() == RouteConfig.Match.class) {
            schema.put("minProperties", 1);
        }
        if (!record.oneOf().isEmpty()) {
            schema.put("oneOf",
                    record.oneOf().stream().map(key -> JsonTree.object("required", List.of(key))).toList());
        }
        change.apply(record, schema, properties);
        return schema;
    }

    private Map<String, Object> property(Component component) {
        Map<String, Object> property = of(component.shape());
        if (!component.description().isEmpty()) {
            property.put("description", component.description());
        }
        Node node = context.defaultOf(component);
        // A computed default differs between machines.
        if (node != null && !(node instanceof Node.Scalar scalar && scalar.text().startsWith("${"))) {
            property.put("default", written(node));
        }
        return property;
    }

    private static Object written(Node node) {
        return switch (node) {
            case Node.Mapping(Location at, Map<String, Node.Entry> entries, int size, int height) -> {
                Map<String, Object> object = JsonTree.object();
                entries.forEach((key, entry) -> object.put(key, written(entry.value())));
                yield object;
            }
            case Node.Sequence(Location at, List<Node> items, int size, int height) ->
                items.stream().map(RecordSchema::written).toList();
            case Node.Scalar(Location at, Node.Kind kind, String text) -> switch (kind) {
                case BOOLEAN -> Boolean.valueOf(text);
                case NUMBER -> number(text);
                case NOTHING, TEXT -> text;
            };
        };
    }

    /** A number of YAML, which has more of them than JSON. */
    private static Object number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
