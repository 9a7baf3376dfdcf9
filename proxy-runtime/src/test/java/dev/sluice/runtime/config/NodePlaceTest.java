package dev.sluice.runtime.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The places of records that have been read. */
class NodePlaceTest {
    private static final String YAML = """
            listeners:
              - name: edge
                listen: "127.0.0.1:${PORT:-0}"
                cluster: web
                socket: { backlog: 5 }
            clusters: [ { name: web, endpoints: [ { address: "127.0.0.1:1", weight: 2 } ] } ]
            """;

    private static Configuration configuration(String yaml) {
        return TestingConfig.load(yaml).configuration();
    }

    private static String shown(ConfigPlace.Spot spot) {
        return spot.source() + ":" + spot.line() + ":" + spot.column() + " " + spot.path();
    }

    @ParameterizedTest
    @CsvSource({"listen,c.yaml:3:13 listeners[0].listen", "socket.backlog,c.yaml:5:24 listeners[0].socket.backlog",
        "socket.noDelay,c.yaml:5:13 listeners[0].socket.noDelay", "timeouts.idle,c.yaml:2:5 listeners[0].timeouts.idle",
        ",c.yaml:2:5 listeners[0]"})
    void aKeyIsWhereItWasWrittenOrWhereItWouldStand(String key, String expected) {
        assertEquals(expected, shown(configuration(YAML).listeners().getFirst().place().at(key)));
    }

    @Test
    void aPlaceShowsItsLine() {
        ClusterConfig.Endpoint endpoint = configuration(YAML).clusters().getFirst().endpoints().getFirst();
        assertEquals("clusters: [ { name: web, endpoints: [ { address: \"127.0.0.1:1\", weight: 2 } ] } ]\n"
                + " ".repeat(72) + "^", endpoint.place().at("weight").excerpt());
    }

    @Test
    void aPlaceKnowsWhatWasWritten() {
        ConfigPlace place = configuration(YAML).listeners().getFirst().place();
        assertTrue(place.has("listen"));
        assertTrue(place.has("socket.backlog"));
        assertFalse(place.has("timeouts"));
        assertFalse(place.has("socket.noDelay"));
        assertEquals("127.0.0.1:0", place.text("listen"));
        assertNull(place.text("socket"));
        assertNull(place.text("timeouts"));
        assertEquals("c.yaml:5:24 listeners[0].socket.backlog", shown(place.below("socket").at("backlog")));
        assertEquals("c.yaml:2:5 listeners[0].timeouts.idle", shown(place.below("timeouts").at("idle")));
    }

    /** A file that is only commented, or laid out in another way, is the same configuration. */
    @Test
    void aPlaceIsNoPartOfTheConfiguration() {
        Configuration configuration = configuration(YAML);
        Configuration commented = configuration("# A line more.\n\n" + YAML);
        assertEquals(configuration, commented);
        assertEquals(configuration.hashCode(), commented.hashCode());
        assertNotEquals(shown(configuration.listeners().getFirst().place().at("listen")),
                shown(commented.listeners().getFirst().place().at("listen")));
        assertEquals(configuration, configuration(YAML.replace("cluster: web", "routes: [ { cluster: web } ]")));
        assertNotEquals(configuration, configuration(YAML.replace("backlog: 5", "backlog: 6")));
    }

    @Test
    void aPlaceHasTheDirectoryOfItsFile(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("a.yaml"), YAML);
        assertEquals(directory, new ConfigLoader(Map.of()).load(file, FilterSource.NONE).configuration().listeners()
                .getFirst().place().directory());
        assertEquals(Path.of("").toAbsolutePath(), configuration(YAML).listeners().getFirst().place().directory());
    }

    @Test
    void ofTwoPlacesTheSecondIsShownFromTheFirst() {
        ConfigPlace.Spot one = new ConfigPlace.Spot("a.yaml", 0, 3, 5, "x", null);
        assertEquals("in line 3", one.from(new ConfigPlace.Spot("a.yaml", 0, 9, 1, "y", null)));
        assertEquals("at a.yaml:3:5", one.from(new ConfigPlace.Spot("b.yaml", 1, 9, 1, "y", null)));
    }
}
