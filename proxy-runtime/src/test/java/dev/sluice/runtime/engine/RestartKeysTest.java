package dev.sluice.runtime.engine;

import java.util.List;

import dev.sluice.runtime.config.model.Configuration;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class RestartKeysTest {
    private static Configuration with(String section) {
        return TestingConfigurations.parse(section + """

                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """);
    }

    private static List<String> changed(String before, String after) {
        return RestartKeys.changed(with(before), with(after), "epoll").stream()
                .map(problem -> problem.path() + ": " + problem.what()).toList();
    }

    @Test
    void whatIsEqualOrAComputedDefaultIsNoChange() {
        assertEquals(List.of(), changed("", ""));
        assertEquals(List.of(), changed("runtime: { eventLoops: 3 }", "runtime: { eventLoops: 3, drainTimeout: 7s }"));
        assertEquals(List.of(), changed("runtime: { transport: auto }", "runtime: { transport: epoll }"),
                "what auto is");
    }

    @Test
    void allKeysAreNamedWithBothValues() {
        String advice = " cannot change while the process runs: restart it to apply that, or write ";
        assertEquals(List.of("runtime.eventLoops: 3 → 4" + advice + "3",
                "runtime.transport: epoll → nio" + advice + "epoll",
                "memory.readBuffer: 64KiB → 32KiB" + advice + "64KiB",
                "memory.stash: 8MiB → 9MiB" + advice + "8MiB"),
                changed("runtime: { eventLoops: 3 }\nmemory: { stash: 8MiB }",
                        "runtime: { eventLoops: 4, transport: nio }\nmemory: { readBuffer: 32KiB, stash: 9MiB }"));
    }

    @Test
    void theRunningValuesAreCarriedOver() {
        Configuration running = with("runtime: { eventLoops: 3 }\nmemory: { stash: 8MiB }");
        Configuration next = RestartKeys.carryOver(running, with("runtime: { drainTimeout: 7s }"));
        assertEquals(3, next.runtime().eventLoops());
        assertEquals(running.memory(), next.memory());
        assertEquals(7, next.runtime().drainTimeout().toSeconds());
    }
}
