package dev.sluice.dist;

import java.util.List;

import dev.sluice.runtime.FilterKey;
import dev.sluice.runtime.FilterType;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The table of {@code sluice plugins}. */
class PluginTableTest {
    @Test
    void columnsAreAsWideAsTheyHaveToBe() {
        List<FilterType> filters = List.of(
                new FilterType("acl", "0.1.0", "built-in", "Who may connect.", List.of(
                        new FilterKey("default", "allow | deny", "deny", false, "When no rule matches."),
                        new FilterKey("rules", "list of mapping", null, false, ""),
                        new FilterKey("rules[].name", "text", null, true, ""))),
                new FilterType("redis-guard", null, "/opt/sluice/plugins/redis-guard", "", List.of()));
        assertEquals("""
                TYPE         VERSION  FROM                             DESCRIPTION
                acl          0.1.0    built-in                         Who may connect.
                redis-guard  -        /opt/sluice/plugins/redis-guard

                acl
                  KEY           TYPE             DEFAULT     DESCRIPTION
                  default       allow | deny     deny        When no rule matches.
                  rules         list of mapping  -
                  rules[].name  text             (required)

                redis-guard has no keys""", String.join("\n", PluginTable.of(filters)));
    }

    @Test
    void nothingIsSaidInWords() {
        assertEquals(List.of("no filters"), PluginTable.of(List.of()));
    }
}
