package dev.sluice.runtime.engine;

import dev.sluice.runtime.config.model.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class TransportsTest {
    private static Configuration with(String transport) {
        return TestingConfigurations.parse("""
                runtime: { transport: %s }
                listeners: [ { name: a, listen: "127.0.0.1:0", cluster: c, socket: { userTimeout: 1s } } ]
                clusters: [ { name: c, endpoints: [ { address: "127.0.0.1:9" } ] } ]
                """.formatted(transport));
    }

    @ParameterizedTest
    @CsvSource({"auto, epoll", "epoll, epoll", "nio, nio"})
    void whereEpollCanBeUsed(String configured, String chosen) {
        assertEquals(chosen, Transports.choose(with(configured), null).name());
    }

    @ParameterizedTest
    @CsvSource({"auto, nio", "nio, nio"})
    void whereItCannot(String configured, String chosen) {
        assertEquals(chosen, Transports.choose(with(configured), "it needs Linux, and this is not").name());
    }

    @Test
    void whoInsistsOnItIsToldWhatIsInTheWay() {
        EngineException refused = assertThrows(EngineException.class,
                () -> Transports.choose(with("epoll"), "it needs Linux, and this is not"));
        assertEquals("runtime.transport: epoll cannot be used: it needs Linux, and this is not. Correct that, or set"
                + " runtime.transport to auto.", refused.getMessage());
    }
}
