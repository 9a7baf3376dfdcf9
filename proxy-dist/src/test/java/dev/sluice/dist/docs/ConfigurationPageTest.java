package dev.sluice.dist.docs;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.sluice.runtime.ConfigurationException;
import dev.sluice.runtime.ConfigurationProblem;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The page about the configuration beside the loader and its schema: keys, defaults, examples, a message. */
class ConfigurationPageTest {
    private static final String REQUIRED = "required";

    @TempDir
    private Path temporary;

    private final Page page = Page.of("configuration.md");

    @Test
    void theExamplesAreAccepted() {
        List<String> examples = page.blocks("yaml");
        assertEquals(10, examples.size());
        for (String yaml : examples) {
            assertEquals(List.of(), ProxyConfig.parse(yaml).warnings());
        }
    }

    @Test
    void keysAreThoseOfTheSchemaWithTheirDefaults() {
        Map<String, String> written = new TreeMap<>();
        Page keys = page.section("Keys");
        for (String title : keys.titles(3)) {
            for (List<String> row : keys.section(title).table("key").rows()) {
                written.put(path(title, Page.quoted(row.getFirst()).iterator().next()), row.get(1));
            }
        }
        Map<String, String> expected = new TreeMap<>();
        JsonNode schema = JsonMapper.shared().readTree(ProxyConfig.loader().schema());
        collect("", schema, expected);

        assertEquals(expected.keySet(), written.keySet());
        // What depends on the machine, or is a section, is described in words.
        expected.forEach((key, otherwise) -> {
            if (!otherwise.isEmpty()) {
                assertEquals(otherwise, written.get(key), key);
            } else {
                assertFalse(REQUIRED.equals(written.get(key)) && !key.equals("clusters") && !key.equals("listeners"),
                        key + " is not required");
            }
        });
    }

    private static String path(String title, String key) {
        return switch (title) {
            case "Top level" -> key;
            case "listeners", "clusters" -> title + "[]." + key;
            default -> title + "." + key;
        };
    }

    /** Keys with what stands in their second column: a default in backquotes, "required", or "" where the schema has neither. */
    private static void collect(String path, JsonNode node, Map<String, String> keys) {
        for (JsonNode choice : node.path("anyOf")) {
            collect(path, choice, keys);
        }
        if (!node.path("items").isMissingNode()) {
            collect(path + "[]", node.path("items"), keys);
        }
        String prefix = path.isEmpty() ? "" : path + ".";
        node.path("properties").properties().forEach(property -> {
            JsonNode value = property.getValue();
            String key = prefix + property.getKey();
            boolean required = node.path("required").valueStream().anyMatch(name -> name.asString().equals(
                    property.getKey()));
            boolean section = value.path("default").isMissingNode() || value.path("default").isObject();
            keys.put(key, required ? REQUIRED : section ? "" : "`" + written(value.path("default")) + "`");
            collect(key, value, keys);
        });
    }

    private static String written(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(", ", "[", "]"))
                : value.asString();
    }

    @Test
    void theMessageIsWhatALoaderSays() throws Exception {
        String shown = page.blocks("").getFirst();
        Path file = Files.writeString(temporary.resolve("a.yaml"), """
                runtime: { drainTimeout: 30 }
                listeners: [ { name: edge, listen: "0.0.0.0:8443", cluster: web } ]
                clusters: [ { name: web, endpoints: [ { address: "10.0.0.1:443" } ] } ]
                """);
        ConfigurationProblem problem = assertThrows(ConfigurationException.class, () -> ProxyConfig.load(file))
                .problems().getFirst();
        assertEquals(problem.toString().replace(temporary + "/", "").strip(), shown.strip());
    }
}
