package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.api.FilterProvider;
import dev.sluice.runtime.config.model.FilterConfig;
import dev.sluice.runtime.json.JsonTree;
import dev.sluice.runtime.shape.RecordDefectException;
import dev.sluice.runtime.shape.RecordShapes;
import dev.sluice.runtime.shape.Shape.Component;
import dev.sluice.runtime.shape.Shape.RecordShape;

/**
 * The JSON Schema (draft 2020-12) of a configuration, for editors. It is derived from the records that a configuration
 * is bound to, so that it has the same keys, bounds and defaults. It has no checks across sections, and any value may
 * be an environment variable.
 */
public final class JsonSchema {
    private final FilterCatalog catalog;
    private final Map<String, Object> definitions = JsonTree.object(ScalarSchema.VARIABLE, ScalarSchema.variable());

    private JsonSchema(FilterCatalog catalog) {
        this.catalog = catalog;
    }

    /** The schema as indented JSON. Runs code of the providers; not on an event loop. */
    public static String of(FilterCatalog catalog) {
        JsonSchema schema = new JsonSchema(catalog);
        Map<String, Object> root = JsonTree.object("$schema", "https://json-schema.org/draft/2020-12/schema", "title",
                "Configuration of Sluice");
        root.putAll(new RecordSchema(schema::filter).record(ConfigurationBinder.shape()));
        root.put("$defs", schema.definitions);
        return JsonTree.print(root);
    }

    /** Adds the schemas of {@code config:}, which depend on the type of the filter. */
    private void filter(RecordShape shape, Map<String, Object> schema, Map<String, Object> properties) {
        if (shape.type() != FilterConfig.class) {
            return;
        }
        List<Map<String, Object>> known = new ArrayList<>();
        List<Map<String, Object>> rules = new ArrayList<>();
        catalog.providers().forEach((type, provider) -> {
            known.add(JsonTree.object("const", type, "description", provider.description()));
            rules.addAll(rule(type, provider));
        });
        Map<String, Object> type = ScalarSchema.orVariable(known);
        if (properties.get("type") instanceof Map<?, ?> any && any.get("description") instanceof String description) {
            type.put("description", description);
        }
        properties.put("type", type);
        if (!rules.isEmpty()) {
            schema.put("allOf", rules);
        }
    }

    /** The rule of one filter type; empty if the provider's record cannot be bound. */
    private List<Map<String, Object>> rule(String type, FilterProvider<?> provider) {
        try {
            RecordShape shape = FilterTypes.shapeOf(provider);
            RecordShapes.check(shape);
            Map<String, Object> then = JsonTree.object("properties",
                    JsonTree.object("config", new RecordSchema(type, definitions).of(shape)));
            if (shape.components().stream().anyMatch(Component::required)) {
                then.put("required", List.of("config"));
            }
            return List.of(JsonTree.object("if",
                    JsonTree.object("properties", JsonTree.object("type", JsonTree.object("const", type))), "then",
                    then));
        } catch (RecordDefectException e) {
            return List.of();
        }
    }
}
