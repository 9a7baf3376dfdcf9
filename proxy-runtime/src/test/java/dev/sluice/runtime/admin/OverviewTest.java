package dev.sluice.runtime.admin;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;
import dev.sluice.runtime.observe.CertificateView;
import dev.sluice.runtime.observe.ConnectCounters;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.LastReload;
import dev.sluice.runtime.observe.ListenerCounters;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.observe.MemoryView;
import dev.sluice.runtime.observe.ReloadCause;
import dev.sluice.runtime.observe.ServerState;
import dev.sluice.runtime.observe.TestingProxyView;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The answer of {@code GET /overview}. */
class OverviewTest {
    private final TestingProxyView view = TestingProxyView.ready();

    private JsonNode overview() {
        Response response = new Overview(view).respond();
        assertEquals(200, response.status());
        return JsonMapper.shared().readTree(new String(response.body(), StandardCharsets.UTF_8));
    }

    @Test
    void saysWhetherItServesAndSinceWhen() {
        JsonNode answer = overview();
        assertEquals("ready", answer.get("state").asString());
        assertTrue(answer.get("ready").asBoolean());
        assertEquals(61_500, answer.get("uptime_ms").asDouble());
        assertEquals(
                "{\"number\":1,\"since\":\"2023-11-14T22:13:20Z\",\"by\":\"start\",\"source\":\"/etc/sluice.yaml\","
                        + "\"alive\":2}",
                answer.get("generation").toString());
        assertEquals(4321, answer.get("connections_active").asInt());
        assertEquals(9500, answer.get("connections_max").asInt());
        view.state = ServerState.DRAINING;
        assertFalse(overview().get("ready").asBoolean());
        assertEquals("[\"the server is draining\"]", overview().get("reasons").toString());
    }

    @Test
    void hasTheLastReloadWithItsReason() {
        assertEquals("{\"result\":\"none\",\"time\":null,\"by\":null,\"text\":null}",
                overview().get("last_reload").toString());
        view.lastReload = new LastReload(Instant.parse("2026-11-28T14:31:00Z"), "refused", ReloadCause.WATCH,
                "sluice.yaml:12:5: no such key");
        assertEquals("{\"result\":\"refused\",\"time\":\"2026-11-28T14:31:00.000Z\",\"by\":\"watch\","
                + "\"text\":\"sluice.yaml:12:5: no such key\"}", overview().get("last_reload").toString());
    }

    @Test
    void hasTheCountersOfListenersClustersAndEndpoints() {
        ListenerCounters counters = new ListenerCounters("edge");
        counters.accepted();
        counters.bytes(Direction.CLIENT_TO_UPSTREAM, 7);
        counters.closed(CloseReason.IDLE_TIMEOUT);
        ConnectCounters connects = new ConnectCounters("web");
        connects.connected(2_500_000);
        view.listeners.clear();
        view.listeners.add(TestingProxyView.listener("edge", "web", counters));
        view.clusters.clear();
        view.clusters.add(TestingProxyView.cluster("web", connects, TestingProxyView.endpoint("10.0.0.1:443", false)));
        JsonNode listener = overview().get("listeners").get(0);
        assertEquals("open", listener.get("state").asString());
        assertEquals(1, listener.get("accepted").asInt());
        assertEquals(7, listener.get("bytes").get("client-to-upstream").asInt());
        assertEquals("{\"idle-timeout\":1}", listener.get("closed").toString());
        JsonNode cluster = overview().get("clusters").get(0);
        assertEquals(1, cluster.get("connects").asInt());
        assertEquals(2.5, cluster.get("connect_ms_sum").asDouble());
        assertEquals("ejected", cluster.get("endpoints").get(0).get("state").asString());
        assertEquals("[\"listener edge has no usable endpoint in cluster web\"]",
                overview().get("reasons").toString());
    }

    @Test
    void sumsTheMemoryOfTheLoops() {
        view.loops.clear();
        view.loops.add(TestingProxyView.loop(0, new MemoryView(1, 2, 100, 4, 5, 6, 7, 8, 9, 10, 11)));
        view.loops.add(TestingProxyView.loop(1, new MemoryView(10, 20, 200, 40, 50, 60, 70, 80, 90, 100, 110)));
        JsonNode memory = overview().get("memory");
        assertEquals(300, memory.get("pool").get("borrowed").asInt());
        assertEquals(64 << 20, memory.get("pool").get("limit").asInt());
        assertEquals(66, memory.get("stash").get("used").asInt());
        assertEquals(6, memory.get("pipes").get("borrowed").asInt());
        JsonNode loop = overview().get("loops").get(1);
        assertEquals("{\"loop\":1,\"connections\":7,\"busy_ratio\":0.25,\"turns\":1000,\"turn_ms_max\":62.5,"
                + "\"stall_ms_max\":125.0}", loop.toString());
    }

    @Test
    void namesTheCertificatesThatExpireFirst() {
        view.listeners.clear();
        for (int i = 0; i < 12; i++) {
            ListenerView plain = TestingProxyView.listener("tls" + i, "web", new ListenerCounters("tls" + i));
            view.listeners.add(new ListenerView(plain.name(), plain.address(), plain.clusters(), 0, "open", false,
                    plain.totals(), List.of(new CertificateView("site" + i, List.of(), "EC", "01",
                            Instant.ofEpochSecond(2_000_000_000L - i))),
                    "jdk", "chosen", List.of()));
        }
        JsonNode certificates = overview().get("certificates");
        assertEquals(10, certificates.size());
        assertEquals("{\"listener\":\"tls11\",\"name\":\"site11\",\"not_after\":\"2033-05-18T03:33:09Z\"}",
                certificates.get(0).toString());
        assertEquals("site2", certificates.get(9).get("name").asString());
    }

    @Test
    void hasTheLastFiftyEvents() {
        for (int i = 1; i <= 60; i++) {
            view.events.add(Event.Kind.OPERATOR, "connection " + i, "closed");
        }
        JsonNode events = overview().get("events");
        assertEquals(50, events.size());
        assertEquals(11, events.get(0).get("number").asInt());
        assertEquals("connection 60", events.get(49).get("subject").asString());
    }
}
