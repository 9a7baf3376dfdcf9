package dev.sluice.runtime.config;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The JSON Schema of {@code config:} of one type of filter. Used by one thread. */
final class RecordSchema {
    private final String type;
    private final Map<String, Object> definitions;

    /** @param definitions is given a schema for each record, because a record may hold its own kind */
    RecordSchema(String type, Map<String, Object> definitions) {
        this.type = type;
        this.definitions = definitions;
    }

    Map<String, Object> of(Shape shape) {
        return switch (shape) {
            case Shape.Value(ScalarParser<?> parser) -> ScalarSchema.of(parser.form());
            case Shape.Many(Shape element) -> {
                Map<String, Object> one = of(element);
                yield JsonTree.object("anyOf", List.of(one, JsonTree.object("type", "array", "items", one)));
            }
            case Shape.Named(Shape value) ->
                JsonTree.object("type", List.of("object", "null"), "additionalProperties", of(value));
            case Shape.Maybe(Shape content) -> of(content);
            case Shape.Group group -> reference(group);
        };
    }

    private Map<String, Object> reference(Shape.Group group) {
        String name = type + ":" + group.type().getName();
        if (!definitions.containsKey(name)) {
            Map<String, Object> properties = JsonTree.object();
            List<String> required = new ArrayList<>();
            Map<String, Object> schema = JsonTree.object("type", List.of("object", "null"), "properties", properties,
                    "required", required, "additionalProperties", false);
            definitions.put(name, schema);
            for (Shape.Component component : group.components()) {
                properties.put(component.key(), property(component));
                if (component.required()) {
                    required.add(component.key());
                }
            }
            if (!required.isEmpty()) {
                // Nothing has no keys.
                schema.put("type", "object");
            }
        }
        return JsonTree.object("$ref", ScalarSchema.DEFINITIONS + name);
    }

    private Map<String, Object> property(Shape.Component component) {
        Map<String, Object> property = of(component.shape());
        if (component.description() != null) {
            property.put("description", component.description());
        }
        if (component.defaultValue() != null) {
            property.put("default", written(component.defaultValue()));
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

    /** YAML knows more numbers than JSON. */
    private static Object number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            return text;
        }
    }
}
