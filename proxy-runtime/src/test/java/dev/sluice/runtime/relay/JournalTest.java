package dev.sluice.runtime.relay;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Lines of the access log during the life of a connection. */
class JournalTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir
    private Path directory;

    private TestingProxy.Builder logging(String keys) {
        return TestingProxy.builder().with("accessLog: { path: \"" + directory.resolve("access.log") + "\"" + keys
                + " }");
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        Path file = directory.resolve("access.log");
        for (String line : Files.exists(file) ? Files.readString(file).split("(?<=\n)") : new String[0]) {
            if (line.endsWith("\n")) {
                lines.add(MAPPER.readTree(line));
            }
        }
        return lines;
    }

    private List<JsonNode> lines(String event) throws IOException {
        return lines().stream().filter(line -> line.get("event").asString().equals(event)).toList();
    }

    @Test
    void startThenPeriodsThenTheEnd() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logging(", events: [start, periodic, end], every: 1s").endpoint(upstream)
                        .start()) {
            try (TestingClient client = proxy.connect()) {
                assertEquals("hello", client.roundTrip("hello"));
                JsonNode start = Await.value("the first line", this::lines, lines -> lines.size() == 1).getFirst();
                assertEquals("start", start.get("event").asString());
                assertEquals(upstream.address(), start.get("endpoint").asString());
                assertEquals(start.get("client"), start.get("peer"));
                assertEquals("routes[0]", start.get("route").asString());
                assertEquals(0, start.get("bytes_up").asLong());
                assertTrue(start.get("connect_ms").asDouble() > 0);
                assertTrue(start.get("close_reason").isNull());
                assertEquals(1, start.get("generation").asLong());

                JsonNode first = Await.value("a periodic line", () -> lines("periodic"), lines -> !lines.isEmpty())
                        .getFirst();
                assertEquals(5, first.get("bytes_up").asLong());
                assertEquals(5, first.get("bytes_down").asLong());
                assertTrue(first.get("closed_by").isNull());
                assertEquals("more", client.roundTrip("more"));
                JsonNode second = Await.value("another one", () -> lines("periodic"), lines -> lines.size() > 1)
                        .get(1);
                assertEquals(9, second.get("bytes_up").asLong(), "the total so far");
            }
            proxy.awaitClosed(CloseReason.CLIENT_FINISHED, 1);
        }
        List<JsonNode> all = lines();
        assertEquals("start", all.getFirst().get("event").asString());
        assertEquals("end", all.getLast().get("event").asString());
        assertEquals("client-finished", all.getLast().get("close_reason").asString());
        assertEquals(1, lines("end").size());
        all.forEach(line -> assertEquals(all.getFirst().get("id"), line.get("id")));
    }

    @Test
    void withoutAnEndpointThereIsNoStart() throws Exception {
        int port;
        try (TestingUpstream gone = TestingUpstream.echo()) {
            port = gone.port();
        }
        try (TestingProxy proxy = logging(", events: [start, end]").endpoint("127.0.0.1:" + port).start()) {
            try (TestingClient client = proxy.connect()) {
                assertEquals(TestingClient.End.RESET, client.end());
            } catch (SocketException resetAtOnce) {
                // The connect itself may meet the reset.
            }
            proxy.awaitClosed(CloseReason.CONNECT_FAILED, 1);
        }
        assertEquals(List.of("end"), lines().stream().map(line -> line.get("event").asString()).toList());
    }

    /** However many connections there are, each has one line for each of its periods, and none before. */
    @Test
    void eachPeriodOfEachConnectionHasOneLine() throws Exception {
        int clients = 100;
        Map<Long, List<Double>> ages = new HashMap<>();
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logging(", events: [periodic, end], every: 1s").endpoint(upstream).start()) {
            List<TestingClient> open = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                TestingClient client = proxy.connect();
                assertEquals("x", client.roundTrip("x"));
                open.add(client);
            }
            Await.until("three lines for each", () -> lines("periodic").size() >= 3 * clients);
            for (TestingClient client : open) {
                client.close();
            }
            proxy.awaitIdle();
        }
        for (JsonNode line : lines("periodic")) {
            ages.computeIfAbsent(line.get("id").asLong(), id -> new ArrayList<>())
                    .add(line.get("duration_ms").asDouble());
        }
        assertEquals(clients, ages.size());
        for (JsonNode end : lines("end")) {
            List<Double> each = Objects.requireNonNull(ages.get(end.get("id").asLong()));
            for (int i = 0; i < each.size(); i++) {
                double age = each.get(i);
                int period = i + 1;
                assertTrue(age >= 1000 * period, () -> "line " + period + " came too early: " + each);
            }
            // A machine that is busy may be late, but not by a whole period.
            assertTrue(each.size() >= (int) (end.get("duration_ms").asDouble() / 1000) - 1, () -> end + " " + each);
        }
    }

    @Test
    void onlyTheEndByDefault() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.echo();
                TestingProxy proxy = logging("").endpoint(upstream).start()) {
            try (TestingClient client = proxy.connect()) {
                client.roundTrip("x");
            }
            proxy.awaitIdle();
        }
        assertEquals(List.of("end"), lines().stream().map(line -> line.get("event").asString()).toList());
    }
}
