package dev.sluice.runtime.config;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SectionTest {
    /** A good configuration from line 3 on, and two lines before it. */
    private static List<String> problems(String twoLines) {
        return TestingConfig.problems(twoLines + """
                listeners: [ { name: a, listen: "127.0.0.1:0", cluster: b } ]
                clusters: [ { name: b, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "memory: 5@1:9 memory: this is the value '5'; allowed: a mapping, as in key: value",
        "memory: [ 5 ]@1:9 memory: this is a list; allowed: a mapping, as in key: value",
        "memory: { pool: [ 1 ] }@1:17 memory.pool: this is a list; allowed: one value",
        "memory: { pool: { a: 1 } }@1:17 memory.pool: this is a mapping; allowed: one value",
        "memory: { pool: }@1:16 memory.pool: this key has no value; allowed: a value; or remove the key",
        "memory: { pool: null }@1:17 memory.pool: this key has no value; allowed: a value; or remove the key",
        "memory: { pol: 64MiB }@1:11 memory.pol: unknown key 'pol'; allowed: readBuffer, pool, stash, pipes; did you mean 'pool'?",
        "memory: { heap: 1 }@1:11 memory.heap: unknown key 'heap'; allowed: readBuffer, pool, stash, pipes",
        "memory: { read-buffer: 64KiB }@1:11 memory.read-buffer: unknown key 'read-buffer'; allowed: readBuffer, pool, stash, pipes;"
                + " did you mean 'readBuffer'?",
        "memory: { <<: {} }@1:11 memory.<<: merge keys are not supported; allowed: an alias as the whole value, as in timeouts: *slow",
        "memory: { ${POOL}: 64MiB }@1:12: this does not continue the mapping in { } that starts in line 1; allowed: ',' or the closing"
                + " bracket; text with { } [ ] or , in it, such as \"${NAME}\", in quotes",
        "Memory: { pool: 64MiB }@1:1 Memory: unknown key 'Memory'; allowed: include, plugins, runtime, memory, limits, tls, admin,"
                + " accessLog, listeners, clusters; did you mean 'memory'?"})
    void whatDoesNotFit(String line, String expected) {
        assertEquals(List.of("c.yaml:" + expected), problems(line + "\n\n"));
    }

    @Test
    void aListOfSections() {
        assertEquals(List.of(
                "c.yaml:1:12 listeners: this is a mapping; allowed: a list, as in - key: value",
                "c.yaml:1:12 listeners: there is no listener; allowed: at least one, as in"
                        + " - { name: edge, listen: \"0.0.0.0:443\", cluster: web }",
                "c.yaml:2:13 clusters[0]: this is the value 'web'; allowed: a mapping, as in key: value",
                "c.yaml:2:13 clusters[0]: the key 'name' is missing: the name that listeners use",
                "c.yaml:2:13 clusters[0]: the key 'endpoints' is missing: a list, as in [ { address: \"10.0.0.1:443\" } ]"),
                TestingConfig.problems("listeners: { a: {} }\nclusters: [ web ]\n"));
    }

    @Test
    void aMistakeBehindAnAliasIsReportedOnceWhereItStands() {
        assertEquals(List.of(
                "c.yaml:1:81 listeners[0].timeouts.idle: '5x' is not a duration; allowed: a duration from 1ms to 720h,"
                        + " such as 250ms, 3s, 5m or 1h"),
                TestingConfig.problems("""
                        listeners: [ { name: a, listen: "127.0.0.1:0", cluster: b, timeouts: &t { idle: 5x } },
                                     { name: c, listen: "127.0.0.1:0", cluster: b, timeouts: *t } ]
                        clusters: [ { name: b, endpoints: [ { address: "127.0.0.1:1" } ] } ]
                        """));
    }

    @Test
    void aVariableIsNamedWithTheValueThatItGave() {
        assertEquals(List.of(
                "c.yaml:1:16 memory.pool: 'lots' is not a size (from ${SLUICE_TEST_POOL}); allowed: a size from 1KiB to 1024GiB,"
                        + " such as 512, 64KiB, 10MiB or 1GiB"),
                problems("memory: {pool: \"${SLUICE_TEST_POOL:-lots}\"}\n\n"));
    }
}
