package dev.sluice.runtime.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.capture.CaptureControl;
import dev.sluice.runtime.capture.CaptureLayer;
import dev.sluice.runtime.capture.CaptureRequest;
import dev.sluice.runtime.capture.CaptureView;
import dev.sluice.runtime.observe.TestingProxyView;
import dev.sluice.runtime.selection.Selection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests about captures: what is ordered, and what is refused. */
class CaptureRoutesTest {
    private final TestingCaptures captures = new TestingCaptures();

    private Response respond(CaptureControl control, String method, String path, List<String> segments,
            Map<String, String> parameters)
            throws IOException {
        AdminParts parts = TestingParts.of(TestingProxyView.ready(), new TestingCommands());
        AdminParts with = new AdminParts(parts.view(), parts.metrics(), parts.commands(), control, parts.files(),
                parts.loggers(),
                parts.durations(), parts.units());
        return CaptureRoutes.of(with).stream()
                .filter(route -> route.method().equals(method) && route.path().equals(path)).findFirst()
                .orElseThrow().responder().respond(new AdminRequest(segments, parameters));
    }

    private CaptureRequest order(Map<String, String> parameters) throws IOException {
        Response response = respond(captures, "POST", "/captures", List.of(), parameters);
        assertEquals(201, response.status());
        return captures.orders.getLast();
    }

    @Test
    void nothingIsShownThatWasNotAskedFor() throws IOException {
        assertEquals(new CaptureRequest(Selection.ALL, "all", CaptureLayer.PLAIN, false, 10 << 20, 1L << 30,
                Duration.ofMinutes(1).toNanos()), order(Map.of()));
    }

    @Test
    void eachParameterIsPartOfTheOrder() throws IOException {
        CaptureRequest order = order(
                Map.of("where", "id=7", "layer", "wire", "payload", "", "bytes", "2048", "per-connection", "0", "for",
                        "2min"));
        assertEquals("Numbers[fact=ID, order=EQUAL, value=7]", order.where().toString());
        assertEquals(List.of("id=7", CaptureLayer.WIRE, true, 2048L, 0L, Duration.ofMinutes(2).toNanos()),
                List.of(order.text(), order.layer(), order.payload(), order.bytes(), order.perConnection(),
                        order.nanos()));
    }

    @ParameterizedTest
    @CsvSource({"where,id=,where", "layer,ip,plain", "bytes,1,1KiB to 1GiB", "bytes,x,bytes",
        "per-connection,-1,0B to 1GiB", "for,1s,for",
        "payload,maybe,payload"})
    void whatIsWrongIsNamed(String name, String value, String words) {
        BadRequestException refused = assertThrows(BadRequestException.class,
                () -> respond(captures, "POST", "/captures", List.of(), Map.of(name, value)));
        assertTrue(String.valueOf(refused.getMessage()).contains(words), refused.getMessage());
        assertTrue(captures.orders.isEmpty());
    }

    @Test
    void aRefusalIsForbiddenOrInTheWay() throws IOException {
        for (boolean forbidden : new boolean[]{true, false}) {
            CaptureControl refusing = new TestingCaptures() {
                @Override
                public CaptureView start(CaptureRequest request) throws RefusedException {
                    throw new RefusedException("no", forbidden);
                }
            };
            assertEquals(forbidden ? 403 : 409, respond(refusing, "POST", "/captures", List.of(), Map.of()).status());
        }
    }

    @Test
    void partsComeOneBehindTheOther() throws IOException {
        order(Map.of());
        String body = new String(respond(captures, "GET", "/captures/{id}", List.of("1"), Map.of()).body(),
                StandardCharsets.UTF_8);
        assertTrue(body.contains("\"next\":3,\"last\":false,\"data\":\"AQID\""), body);
        assertEquals(404, respond(captures, "GET", "/captures/{id}", List.of("1"), Map.of("after", "2")).status());
        assertEquals(404, respond(captures, "GET", "/captures/{id}", List.of("2"), Map.of()).status());
        assertEquals(200, respond(captures, "POST", "/captures/{id}/stop", List.of("1"), Map.of()).status());
        assertEquals(404, respond(captures, "POST", "/captures/{id}/stop", List.of("2"), Map.of()).status());
    }
}
