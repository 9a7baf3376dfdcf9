package dev.sluice.dist.docs;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import dev.sluice.runtime.FilterKey;
import dev.sluice.runtime.FilterType;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The page about filters beside the built-in ones: types, keys, defaults, words, the example. CustomFilterIT does what "Write your own" says. */
class FiltersPageTest {
    private final Page page = Page.of("filters.md");

    @Test
    void theExampleNamesEachBuiltInFilterAndIsAccepted() {
        String yaml = page.blocks("yaml").getFirst();
        assertEquals(List.of(), ProxyConfig.parse(yaml).warnings());
        assertEquals(types().keySet(), Page.found("type: ([a-z-]+)", yaml));
    }

    @Test
    void keysAreThoseOfTheFilters() {
        types().forEach((name, type) -> {
            Map<String, String> written = new TreeMap<>();
            page.section(name).table("key").rows()
                    .forEach(row -> written.put(Page.quoted(row.getFirst()).iterator().next(), row.get(1)));
            Map<String, FilterKey> keys = new TreeMap<>();
            type.keys().forEach(key -> keys.put(key.path(), key));
            assertEquals(keys.keySet(), written.keySet(), name);
            keys.forEach((path, key) -> {
                String otherwise = key.required()
                        ? "required"
                        : key.defaultValue() == null ? null : "`" + key.defaultValue() + "`";
                // A long list is described in words.
                if (otherwise != null && !otherwise.startsWith("`[")) {
                    assertEquals(otherwise, written.get(path), name + ": " + path);
                } else {
                    assertTrue(!"required".equals(written.get(path)), name + ": " + path);
                }
            });
        });
    }

    @Test
    void protocolsAreThoseThatTheFilterKnows() {
        FilterKey key = Objects.requireNonNull(types().get("sniff")).keys().stream()
                .filter(candidate -> candidate.path().equals("protocols"))
                .findAny().orElseThrow();
        String sentence = page.section("sniff").text();
        sentence = sentence.substring(sentence.indexOf("The protocols are"));
        assertEquals(Page.found("\\b([a-z][a-z0-9]+)\\b", key.type().replace("list of ", "")),
                Page.quoted(sentence.substring(0, sentence.indexOf('.'))));
    }

    private static Map<String, FilterType> types() {
        Map<String, FilterType> types = new TreeMap<>();
        ProxyConfig.loader().plugins().filters().forEach(type -> types.put(type.type(), type));
        return types;
    }
}
