package dev.sluice.runtime.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.memory.MemoryPlan;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schema (draft 2020-12) of a configuration, for editors. It is made by the readers themselves: a configuration that has one of
 * everything is read, and what they ask for is written down, so that the schema knows the same keys, bounds and defaults. It knows nothing of
 * what needs the whole, as that a cluster exists; and in the place of any value it lets a variable of the environment pass.
 */
public final class JsonSchema {
    /** What has to be there for the readers to look into it. */
    private static final String PROBE = """
            plugins: {}
            runtime: {}
            memory: {}
            limits: {}
            admin: {}
            accessLog: {}
            listeners:
              - { filters: [ { quarantine: {} } ], routes: [ { match: {} } ], socket: { keepAlive: {} } }
              - { routes: [], socket: { keepAlive: true } }
            clusters: [ { endpoints: [ {} ] } ]
            """;

    private final FilterCatalog catalog;
    private final Properties descriptions = descriptions();
    private final Map<String, Object> definitions = JsonTree.object(ScalarSchema.VARIABLE, ScalarSchema.variable());

    private JsonSchema(FilterCatalog catalog) {
        this.catalog = catalog;
    }

    /** The schema, as JSON in lines. Runs code of the providers; not on an event loop. */
    public static String of(FilterCatalog catalog) {
        return JsonTree.print(new JsonSchema(catalog).schema());
    }

    private Map<String, Object> schema() {
        KeyTree keys = new KeyTree();
        Section.Context context = new Section.Context(new Problems(), new Environment(Map.of()), keys);
        new ConfigurationReader(context, plugins -> catalog, MemoryPlan.AMPLE)
                .read(new DocumentLoader(context).parse(PROBE, "probe"));
        Map<String, Object> root = JsonTree.object("$schema", "https://json-schema.org/draft/2020-12/schema", "title",
                "Configuration of Sluice");
        root.putAll(mapping(keys.root(), ""));
        root.put("$defs", definitions);
        return root;
    }

    /** @param prefix of the paths of its keys: empty, or with a dot at its end */
    private Map<String, Object> mapping(KeyTree.Key key, String prefix) {
        Map<String, Object> properties = JsonTree.object();
        List<String> required = new ArrayList<>();
        key.children().forEach((name, child) -> {
            properties.put(name, property(child, prefix + name));
            if (child.isRequired()) {
                required.add(name);
            }
        });
        // A section without content is empty.
        Map<String, Object> mapping = JsonTree.object("type", required.isEmpty() ? List.of("object", "null") : "object",
                "properties", properties, "additionalProperties", false);
        if (!required.isEmpty()) {
            mapping.put("required", required);
        }
        switch (prefix) {
            case "listeners[]." -> mapping.put("oneOf", List.of(JsonTree.object("required", List.of("cluster")),
                    JsonTree.object("required", List.of("routes"))));
            case "listeners[].routes[].match." -> {
                mapping.put("type", "object");
                mapping.put("minProperties", 1);
            }
            case "listeners[].filters[]." -> types(mapping, properties);
            default -> {
            }
        }
        return mapping;
    }

    private Map<String, Object> property(KeyTree.Key key, String path) {
        List<Map<String, Object>> ways = new ArrayList<>();
        if (key.form() != null) {
            Map<String, Object> one = ScalarSchema.of(key.form());
            ways.add(one);
            if (key.isMany()) {
                ways.add(JsonTree.object("type", "array", "items", one));
            }
        }
        if (key.isSection()) {
            ways.add(mapping(key, path + "."));
        }
        if (key.min() >= 0) {
            ways.add(list(key, path));
        }
        Map<String, Object> property = ways.size() == 1 ? ways.getFirst() : JsonTree.object("anyOf", ways);
        property.put("description", Objects.requireNonNull(descriptions.getProperty(path), path));
        Object defaultValue = key.defaultValue();
        Object written = defaultValue == null ? null : ScalarSchema.written(defaultValue, key.form());
        if (written != null) {
            property.put("default", written);
        }
        return property;
    }

    private Map<String, Object> list(KeyTree.Key key, String path) {
        Map<String, Object> items = mapping(key, path + "[].");
        return key.min() == 0
                ? JsonTree.object("type", List.of("array", "null"), "items", items)
                : JsonTree.object("type", "array", "items", items, "minItems", key.min());
    }

    /** What {@code config:} may hold depends on the type. */
    private void types(Map<String, Object> filter, Map<String, Object> properties) {
        List<Map<String, Object>> known = new ArrayList<>();
        List<Map<String, Object>> rules = new ArrayList<>();
        catalog.providers().forEach((type, provider) -> {
            known.add(JsonTree.object("const", type, "description", provider.description()));
            Map<String, Object> then = configuration(type, provider);
            if (then != null) {
                rules.add(JsonTree.object("if",
                        JsonTree.object("properties", JsonTree.object("type", JsonTree.object("const", type))), "then",
                        then));
            }
        });
        Map<String, Object> type = ScalarSchema.orVariable(known);
        type.put("description", Objects.requireNonNull(descriptions.getProperty("listeners[].filters[].type")));
        properties.put("type", type);
        properties.put("config", JsonTree.object("type", List.of("object", "null"), "description",
                Objects.requireNonNull(descriptions.getProperty("listeners[].filters[].config"))));
        if (!rules.isEmpty()) {
            filter.put("allOf", rules);
        }
    }

    /** Null if the provider's record cannot be read into, so that nothing can be said. */
    private @Nullable Map<String, Object> configuration(String type, FilterProvider<?> provider) {
        try {
            Shape.Group shape = RecordShapes.of(provider);
            Map<String, Object> then = JsonTree.object("properties",
                    JsonTree.object("config", new RecordSchema(type, definitions).of(shape)));
            if (shape.components().stream().anyMatch(Shape.Component::required)) {
                then.put("required", List.of("config"));
            }
            return then;
        } catch (RecordDefect e) {
            return null;
        }
    }

    private static Properties descriptions() {
        Properties descriptions = new Properties();
        try (InputStream in = Objects.requireNonNull(JsonSchema.class.getResourceAsStream("descriptions.properties"))) {
            descriptions.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            return descriptions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
