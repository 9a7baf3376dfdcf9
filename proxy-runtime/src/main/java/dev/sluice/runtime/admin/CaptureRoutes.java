package dev.sluice.runtime.admin;

import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.admin.AdminRoutes.Route;
import dev.sluice.runtime.capture.CaptureBlock;
import dev.sluice.runtime.capture.CaptureControl;
import dev.sluice.runtime.capture.CaptureLayer;
import dev.sluice.runtime.capture.CaptureRequest;
import dev.sluice.runtime.capture.CaptureView;
import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths about captures. Any thread. */
final class CaptureRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(CaptureRoutes.class);
    private static final String WHERE = Conditions.WHERE;
    private static final String LAYER = "layer";
    private static final String PAYLOAD = "payload";
    private static final String BYTES = "bytes";
    private static final String PER_CONNECTION = "per-connection";
    private static final String FOR = "for";
    private static final String AFTER = "after";
    private static final long DEFAULT_BYTES = 10 << 20;
    private static final long SMALLEST = 1024;
    private static final long LARGEST = 1L << 30;
    private static final Duration DEFAULT_TIME = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final String ALL = "all";

    private final AdminParts parts;

    private CaptureRoutes(AdminParts parts) {
        this.parts = parts;
    }

    static List<Route> of(AdminParts parts) {
        CaptureRoutes routes = new CaptureRoutes(parts);
        return List.of(
                new Route("GET", "/captures", Set.of(), "captures that run, and those that were not read to their end",
                        request -> routes.list()),
                new Route("POST", "/captures",
                        new LinkedHashSet<>(List.of(WHERE, LAYER, PAYLOAD, BYTES, PER_CONNECTION, FOR)),
                        "begin a capture of the connections that meet a condition; layer: plain or wire, bytes: of the file, for: a time;"
                                + " sluice capture does it, and writes the file",
                        routes::start),
                new Route("GET", "/captures/{id}", Set.of(AFTER),
                        "the next part of the file of a capture, in base64; after: the offset that the last answer named",
                        routes::read),
                new Route("POST", "/captures/{id}/stop", Set.of(), "end a capture", routes::stop));
    }

    private Response list() {
        return Response.json(200, json -> {
            json.name("captures").beginArray();
            for (CaptureView view : parts.captures().list()) {
                json.beginObject();
                write(json, view);
                json.endObject();
            }
            json.endArray();
        });
    }

    private Response start(AdminRequest request) {
        String text = request.parameters().get(WHERE);
        CaptureRequest order = new CaptureRequest(
                text == null ? Selection.ALL : new Conditions(parts.view(), parts.units()).read(text),
                text == null ? ALL : text,
                layer(request.parameters().get(LAYER)),
                request.flag(PAYLOAD), size(request, BYTES, DEFAULT_BYTES, SMALLEST),
                size(request, PER_CONNECTION, LARGEST, 0),
                request.duration(FOR, DEFAULT_TIME, Duration.ofSeconds(1), LONGEST, parts.durations()).toNanos());
        try {
            CaptureView view = parts.captures().start(order);
            LOG.info("admin: capture {} began, where {}, layer {}, {} payload", view.id(), Printable.of(view.where()),
                    view.layer().label(), view.payload() ? "with" : "without");
            return Response.json(201, json -> write(json, view));
        } catch (CaptureControl.RefusedException e) {
            return Response.error(e.isForbidden() ? 403 : 409, String.valueOf(e.getMessage()));
        }
    }

    private static CaptureLayer layer(@Nullable String text) {
        if (text == null) {
            return CaptureLayer.PLAIN;
        }
        return Arrays.stream(CaptureLayer.values()).filter(layer -> layer.label().equals(text)).findFirst()
                .orElseThrow(() -> new BadRequestException(
                        LAYER + " is \"" + text + "\"; allowed: plain (within TLS), wire (as on the sockets)"));
    }

    private long size(AdminRequest request, String name, long absent, long least) {
        String text = request.parameters().get(name);
        if (text == null) {
            return absent;
        }
        long size;
        try {
            size = parts.units().size(text);
        } catch (IllegalArgumentException e) {
            throw new BadRequestException(name + ": " + e.getMessage());
        }
        if (size < least || size > LARGEST) {
            throw new BadRequestException(
                    name + " is \"" + text + "\"; allowed: " + (least == 0 ? "0B" : "1KiB") + " to 1GiB");
        }
        return size;
    }

    private Response read(AdminRequest request) {
        long id = request.number("the id of the capture");
        long after = request.number(AFTER, 0, 0, Long.MAX_VALUE);
        CaptureBlock block = parts.captures().read(id, after);
        if (block == null) {
            return Response.error(404, "there is no capture " + id + " at offset " + after
                    + "; a capture is read once, from 0, and each answer names the next offset. GET /captures lists them");
        }
        return Response.json(200, json -> {
            write(json, block.view());
            json.name("next").value(block.next()).name("last").value(block.last());
            json.name("data").value(Base64.getEncoder().encodeToString(block.bytes()));
        });
    }

    private Response stop(AdminRequest request) {
        long id = request.number("the id of the capture");
        CaptureView view = parts.captures().stop(id);
        if (view == null) {
            return Response.error(404, "there is no capture " + id + "; GET /captures lists them");
        }
        LOG.info("admin: the end of capture {} was requested", id);
        return Response.json(200, json -> write(json, view));
    }

    private static void write(JsonWriter json, CaptureView view) {
        json.name("id").value(view.id()).name("where").value(view.where()).name("layer").value(view.layer().label());
        json.name("payload").value(view.payload()).name("state").value(view.state());
        json.name("connections").value(view.connections()).name("events").value(view.events());
        json.name("dropped").value(view.dropped()).name("written").value(view.written());
    }
}
