package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.json.JsonTree;

/**
 * The JSON Schema of scalars. Each also allows an environment variable, alone or as a part; then only the loader can
 * check the value.
 */
final class ScalarSchema {
    /** The name of the schema of a text with a variable in it, for values that are not texts. */
    static final String VARIABLE = "variable";

    /** The prefix of a reference to a shared schema. */
    static final String DEFINITIONS = "#/$defs/";

    private static final String WITH_VARIABLE = "|\\$\\{";
    private static final String SIZE = "(0|[1-9][0-9]{0,17})(|KiB|MiB|GiB)";

    private ScalarSchema() {}

    static Map<String, Object> of(ScalarSyntax syntax) {
        return switch (syntax) {
            case ScalarSyntax.Whole(long min, long max) ->
                orVariable(List.of(JsonTree.object("type", "integer", "minimum", min, "maximum", max)));
            case ScalarSyntax.Decimal() -> orVariable(List.of(JsonTree.object("type", "number")));
            case ScalarSyntax.Flag() -> orVariable(List.of(JsonTree.object("type", "boolean")));
            case ScalarSyntax.Choice(List<String> names) -> orVariable(List.of(JsonTree.object("enum", names)));
            case ScalarSyntax.Size() -> JsonTree.object("anyOf",
                    List.of(JsonTree.object("type", "integer", "minimum", 0),
                            JsonTree.object("type", "string", "pattern", whole(SIZE))));
            case ScalarSyntax.Text(String pattern, boolean plain) -> {
                Map<String, Object> text = JsonTree.object("type",
                        plain ? List.of("string", "number", "boolean") : "string");
                if (pattern != null) {
                    text.put("pattern", whole(pattern));
                }
                yield text;
            }
        };
    }

    /** A schema for one of these, or a variable in its place. */
    static Map<String, Object> orVariable(List<?> schemas) {
        List<Object> all = new ArrayList<>(schemas);
        all.add(JsonTree.object("$ref", DEFINITIONS + VARIABLE));
        return JsonTree.object("anyOf", all);
    }

    /** The schema named {@link #VARIABLE}. */
    static Map<String, Object> variable() {
        return JsonTree.object("type", "string", "pattern", "\\$\\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\\}", "description",
                "a text with ${NAME} or ${NAME:-default} in it, for variables of the environment");
    }

    private static String whole(String pattern) {
        return "^(" + pattern + ")$" + WITH_VARIABLE;
    }
}
