package dev.sluice.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A reload that changes nothing but the PROXY header of a listener. */
class ReloadedHeaderRulesTest {
    private static String yaml(TestingUpstream upstream, String trusted) {
        return """
                listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: echo, proxyProtocol: { trustedSources: [ %s ] } } ]
                clusters: [ { name: echo, endpoints: [ { address: "%s" } ] } ]
                """
                .formatted(trusted, upstream.address());
    }

    private static String answer(ProxyServer server) throws IOException {
        try (TestingClient client = TestingClient.connect(server, "edge")) {
            client.send("PROXY UNKNOWN\r\nhello");
            return new String(client.read(5), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void whoIsNotTrustedIsRefusedFromThenOn() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                ProxyServer server = ProxyServer.builder().config(yaml(upstream, "127.0.0.1")).start()) {
            assertEquals("hello", answer(server));
            server.reload(yaml(upstream, "192.0.2.1"));
            assertThrows(IOException.class, () -> answer(server));
            server.reload(yaml(upstream, "127.0.0.1"));
            assertEquals("hello", answer(server));
        }
    }
}
