package dev.sluice.dist.docs;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The page about security: its defaults are those of the configuration page, which is compared with the program. */
class SecurityPageTest {
    private final Page page = Page.of("security.md");

    @Test
    void defaultsAreThoseOfTheConfigurationPage() {
        Map<String, String> defaults = new TreeMap<>();
        Page keys = Page.of("configuration.md").section("Keys");
        for (String title : keys.titles(3)) {
            String prefix = title.equals("Top level")
                    ? ""
                    : title.equals("listeners") || title.equals("clusters") ? title + "[]." : title + ".";
            for (List<String> row : keys.section(title).table("key").rows()) {
                defaults.put(prefix + Page.quoted(row.getFirst()).iterator().next(), row.get(1));
            }
        }
        List<List<String>> rows = page.section("Defaults").table("key").rows();
        assertTrue(rows.size() > 10);
        for (List<String> row : rows) {
            String key = Page.quoted(row.getFirst()).iterator().next();
            assertEquals(defaults.get(key), row.get(1), key);
        }
    }

    @Test
    void eachPartyHasASection() {
        assertTrue(page.titles(2).containsAll(List.of("A client", "An endpoint", "DNS", "The author of a plugin",
                "A caller of the admin interface", "A neighbour on the machine", "Reporting a vulnerability")));
    }

    /** Systemd ignores what it does not know, with a line in its log that nobody reads. */
    @Test
    void theDropInHasSettingsOnly() {
        List<String> lines = page.blocks("ini").getFirst().lines().toList();
        assertEquals("[Service]", lines.getFirst());
        lines.stream().skip(1).forEach(line -> assertTrue(line.matches("[A-Z][A-Za-z]+=[-\\w@ ]+"), line));
    }
}
