package dev.sluice.dist;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.sluice.runtime.testing.Ledger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Answers of {@code /explain} with the built-in filters. {@link ExplainRealityTest} compares them with what clients get. */
@Timeout(120)
class ExplainTest {
    private final Ledger ledger = Ledger.open();

    @TempDir
    private Path directory;
    private TestingExplainProxy proxy;

    @BeforeEach
    void start() throws Exception {
        new TestingExplainClients(new Random(1), directory);
        proxy = new TestingExplainProxy(directory);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        ledger.settle();
    }

    private JsonNode explain(String facts) throws IOException, InterruptedException {
        return proxy.get("/explain?" + facts);
    }

    @Test
    void askingAThousandTimesChangesNothing() throws Exception {
        proxy.awaitChecks();
        List<String> paths = List.of("/filters", "/listeners", "/events", "/memory");
        List<JsonNode> before = new ArrayList<>();
        for (String path : paths) {
            before.add(proxy.get(path));
        }
        JsonNode first = explain("listener=plain&client=127.5.0.1");
        for (int i = 0; i < 1_000; i++) {
            assertEquals(first, explain("listener=plain&client=127.5.0.1"));
        }
        for (int i = 0; i < paths.size(); i++) {
            assertEquals(before.get(i), proxy.get(paths.get(i)), paths.get(i));
        }
    }

    @Test
    void theTextSaysEverything() throws Exception {
        JsonNode said = explain("listener=edge&client=127.4.0.9&sni=X.b.example.&alpn=http%2F1.1");
        assertEquals(
                """
                        listener  edge (open), generation 1
                        client    127.4.0.9, protocol tls, sni x.b.example, alpn http/1.1
                        filter    acl: accepts: no rule of the list denies it
                        filter    sniff: waits at most 1s for the first byte, and 5s from then on for one of tls, http1; passes clients of \
                        other protocols
                        TLS       is passed on to the endpoint as it is
                        route     routes[1] sni *.b.example
                        cluster   robin (round-robin)
                        endpoint  %s (up)
                        timeout   connecting: connect 3s x 3 endpoints comes before connectTotal 10s (cluster robin)
                        timeout   no byte in either direction: idle 1h (listener edge)
                        timeout   a silent peer: keepAlive 60s + 4 x 15s = 2m comes before idle 1h
                        timeout   while sending: writeStall 1m
                        timeout   after one side has finished: halfClosed 10m"""
                        .formatted(said.get("endpoint").asString()),
                said.get("text").asString());
    }

    @Test
    void whatIsNotKnownBeforehandIsSaid() throws Exception {
        String ends = "ends at the proxy (" + explain("listener=tls&client=127.5.0.1").get("tls").asString()
                .replaceAll(".*\\((boringssl|jdk)\\).*", "$1") + "), which shows the certificate of ";
        assertEquals(ends + "a.example (the default)", explain("listener=tls&client=127.5.0.1").get("tls").asString());
        assertEquals(
                ends + "*.b.example, b.example; the client has to show a good certificate, whose names are not known"
                        + " here: routes by clientSan are taken not to match",
                explain("listener=demands&client=127.5.0.1&sni=b.example").get("tls").asString());
        assertEquals(ends + "*.b.example, b.example; the client may show a certificate, and is taken to show none",
                explain("listener=asks&client=127.5.0.1&sni=x.b.example").get("tls").asString());
        assertEquals("*.staff.example",
                explain("listener=asks&client=127.5.0.1&sni=b.example&clientSan=x.STAFF.example")
                        .get("facts").get("clientSan").asString().replace("x.staff", "*.staff"));
        JsonNode none = explain("listener=tls&client=127.5.0.1&clientSan=x.staff.example");
        assertTrue(
                none.get("tls").asString().endsWith("; no certificate of the client is asked for, so routes do not know"
                        + " its names"),
                none.toString());
        assertFalse(none.get("facts").has("clientSan"));
        assertEquals("is passed on to the endpoint as it is (tls.passthrough)",
                explain("listener=tls&client=127.5.0.1&sni=x.pass.example").get("tls").asString());
        assertEquals("the handshake fails: no certificate has the name c.example",
                explain("listener=tls&client=127.5.0.1&sni=c.example").get("problem").asString());
        assertEquals(
                "is passed on to the endpoint as it is; no filter looks for tls, so routes do not know protocol, sni and"
                        + " alpn",
                explain("listener=narrow&client=127.5.0.1&sni=a.example").get("tls").asString());
        assertEquals("a header comes first, and the client is the one that it names; it is believed from 127.0.0.1/32,"
                + " others are reset",
                explain("listener=header&client=2001:db8::1").get("proxy_header").asString());
    }

    @Test
    void aListenerThatIsDownIsSaid() throws Exception {
        proxy.server().listener("plain").down();
        JsonNode said = explain("listener=plain&client=127.5.0.1");
        assertEquals("closed", said.get("state").asString());
        assertEquals("the listener does not listen: clients are refused", said.get("problem").asString());
        assertTrue(said.get("text").asString().contains("\nproblem   the listener does not listen"), said.toString());
        proxy.server().listener("plain").up();
        assertTrue(explain("listener=plain&client=127.5.0.1").get("problem").isNull());
    }

    @Test
    void wrongQuestionsAreAnsweredWithWhatIsAllowed() throws Exception {
        String listeners = "; allowed: edge, narrow, plain, header, tls, asks, demands, small, unix, states";
        Map<String, String> wrong = Map.of("listener=nowhere&client=127.0.0.1", "listener is \"nowhere\"" + listeners,
                "client=127.0.0.1", "listener is \"\"" + listeners,
                "listener=%1b%5b2J&client=127.0.0.1", "listener is \"\uFFFD[2J\"" + listeners,
                "listener=edge", "client is \"\"; allowed: an IP address",
                "listener=edge&client=host.example", "client is \"host.example\"; allowed: an IP address",
                "listener=edge&client=unix&sni=a%2Fb", "sni is \"a/b\"; allowed: a host name",
                "listener=edge&client=unix&protocol=HTTP", "protocol is \"HTTP\"; allowed: a name in lower case",
                "listener=edge&client=unix&alpn=h2%20x", "alpn is \"h2 x\"; allowed: protocols of TLS",
                "listener=edge&client=unix&sni=%5Cn%C3", "sni is \"\\n\uFFFD\"; allowed: a host name",
                "listener=edge&client=unix&port=1",
                "unknown parameter \"port\"; allowed: listener, client, sni, alpn, protocol");
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            String error = proxy.error("/explain?" + each.getKey());
            assertTrue(error.startsWith(each.getValue()), error);
        }
    }
}
