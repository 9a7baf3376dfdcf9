package dev.sluice.runtime.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Field case 2: a proxy that dials itself. This machine has 192.0.2.7 and 2001:db8::7. */
class SelfDialCheckTest {
    private static final MachineAddresses MACHINE = () -> Set.of(InetAddress.ofLiteral("192.0.2.7"),
            InetAddress.ofLiteral("2001:db8::7"));

    private static Configuration edge(String listen, String endpoint) {
        return TestingConfigurations.parse("""
                listeners: [ { name: edge, listen: "%s", cluster: app } ]
                clusters: [ { name: app, endpoints: [ { address: "%s" } ] } ]
                """.formatted(listen, endpoint));
    }

    /** The only problem, which has a place. */
    private static String what(EngineException refused) {
        assertEquals(1, refused.problems().size());
        assertTrue(refused.problems().getFirst().path().endsWith(".endpoints[0].address"), refused::toString);
        return refused.problems().getFirst().what();
    }

    private static void check(Configuration configuration) {
        Map<String, SocketAddress> bound = new LinkedHashMap<>();
        for (ListenerConfig listener : configuration.listeners()) {
            bound.put(listener.name(), listener.listen());
        }
        SelfDialCheck.check(configuration, bound, MACHINE);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0:80, 192.0.2.7:80",
        "[::]:80,    192.0.2.7:80",
        "[::]:80,    [2001:db8::7]:80"
    })
    void anEndpointThatIsThisMachineIsRefused(String listen, String endpoint) {
        EngineException refused = assertThrows(EngineException.class, () -> check(edge(listen, endpoint)));
        assertEquals("cluster app: the endpoint " + endpoint + " is this proxy's own listener edge (" + listen
                + "), because this machine has that address: each connection would open another. Choose an endpoint that"
                + " does not lead back, or let the listener listen on another address.", what(refused));
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0:80,     192.0.2.8:80",
        "0.0.0.0:80,     192.0.2.7:81",
        "0.0.0.0:80,     [2001:db8::7]:80",
        "192.0.2.9:80,   192.0.2.7:80",
        "unix:/tmp/s,    192.0.2.7:80"
    })
    void othersAreNot(String listen, String endpoint) {
        assertDoesNotThrow(() -> check(edge(listen, endpoint)));
    }

    @Test
    void aUnixSocketIsRecognisedByASecondPath(@TempDir Path directory) throws IOException {
        Path socket = directory.resolve("edge.sock");
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory).resolve("edge.sock");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));

            EngineException refused = assertThrows(EngineException.class,
                    () -> check(edge("unix:" + socket, "unix:" + link)));

            assertEquals("cluster app: the endpoint unix:" + link + " is this proxy's own listener edge (unix:" + socket
                    + "), by another path: each connection would open another. Choose an endpoint that does not lead back,"
                    + " or let the listener listen on another address.", what(refused));
        }
    }

    @Test
    void theMachineIsNotAskedWhereNoPortIsTheSame() {
        Configuration configuration = edge("0.0.0.0:80", "192.0.2.7:8080");
        assertDoesNotThrow(() -> SelfDialCheck.check(configuration,
                Map.of("edge", configuration.listeners().getFirst().listen()), () -> {
                    throw new AssertionError("asked");
                }));
    }

    @Test
    void aRingOverTwoListenersIsRefusedAndAWayThatEndsElsewhereIsNot() {
        String yaml = """
                listeners:
                  - { name: front, listen: "0.0.0.0:80", cluster: to-back }
                  - { name: back, listen: "0.0.0.0:81", cluster: %s }
                clusters:
                  - { name: to-back, endpoints: [ { address: "192.0.2.7:81" } ] }
                  - { name: to-front, endpoints: [ { address: "192.0.2.7:80" } ] }
                  - { name: away, endpoints: [ { address: "192.0.2.99:80" } ] }
                """;
        EngineException refused = assertThrows(EngineException.class,
                () -> check(TestingConfigurations.parse(yaml.formatted("to-front"))));
        assertEquals(
                "cluster to-back: the endpoint 192.0.2.7:81 is this proxy's own listener back (0.0.0.0:81), because"
                        + " this machine has that address: connections would loop without end: back → front → back. Choose an"
                        + " endpoint that does not lead back, or let the listener listen on another address.",
                what(refused));
        assertDoesNotThrow(() -> check(TestingConfigurations.parse(yaml.formatted("away"))));
    }
}
