package dev.sluice.runtime.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths of the interface, each with its responder. Any thread. */
final class AdminRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);
    private static final Duration LONGEST_DRAIN = Duration.ofHours(24);
    private static final Duration LONGEST_LEVEL = Duration.ofHours(24);

    /** The response of a route. */
    interface Responder {
        Response respond(AdminRequest request) throws IOException;
    }

    /**
     * A route.
     *
     * @param path in which some segments may be gaps, written in braces
     * @param parameters the names of its parameters
     */
    record Route(String method, String path, Set<String> parameters, String about, Responder responder) {
        /**
         * The texts in the gaps, in order; null if the path is another one.
         *
         * @param actual as it was sent: a slash within a segment is written as {@code %2F}
         */
        @Nullable
        List<String> segments(String actual) {
            String[] wanted = path.split("/", -1);
            String[] sent = actual.split("/", -1);
            if (sent.length != wanted.length) {
                return null;
            }
            List<String> gaps = new ArrayList<>();
            for (int i = 0; i < wanted.length; i++) {
                // A plus sign means itself in a path.
                String text = URLDecoder.decode(sent[i].replace("+", "%2B"), StandardCharsets.UTF_8);
                if (wanted[i].startsWith("{") && !text.isEmpty()) {
                    gaps.add(text);
                } else if (!wanted[i].equals(text)) {
                    return null;
                }
            }
            return gaps;
        }
    }

    private final AdminParts parts;
    private final LoggerLevels loggers;
    private final Duration reloadPatience;
    private final ReentrantLock scraping = new ReentrantLock();
    private final List<Route> routes;

    /** @param reloadPatience the time for a reload, before its request is answered without the result */
    AdminRoutes(AdminParts parts, Duration reloadPatience) {
        this.parts = parts;
        this.loggers = parts.loggers();
        this.reloadPatience = reloadPatience;
        this.routes = Stream.of(make(), FaultRoutes.of(parts), CaptureRoutes.of(parts), Dashboard.routes())
                .flatMap(List::stream).toList();
    }

    /** The routes, in the order of the list for people. */
    List<Route> all() {
        return routes;
    }

    private static Route get(String path, String about, Responder responder) {
        return new Route("GET", path, Set.of(), about, responder);
    }

    private static Route post(String path, List<String> parameters, String about, Responder responder) {
        return new Route("POST", path, new LinkedHashSet<>(parameters), about, responder);
    }

    private List<Route> make() {
        AdminResources resources = new AdminResources(parts.view());
        ConnectionRoutes connections = new ConnectionRoutes(parts.view(), parts.units());
        return List.of(
                get("/", "this list", request -> index()),
                get("/live", "200 while the process serves", request -> resources.live()),
                get("/ready", "200 if new connections can be served, else 503 with the reasons",
                        request -> resources.ready()),
                get("/overview", "all that a dashboard shows, from counters: no event loop is asked",
                        request -> new Overview(parts.view()).respond()),
                get("/metrics", "Prometheus text format", request -> metrics()),
                get("/config", "the files of the configuration, as they are written",
                        request -> AdminResources.config(parts.files().get())),
                get("/generations", "the configuration that serves, and older ones that connections still need",
                        request -> resources.generations()),
                get("/listeners", "listeners with counters of their connections", request -> resources.listeners()),
                get("/clusters", "clusters, endpoints and connect attempts", request -> resources.clusters()),
                connections.list(),
                get("/filters", "filters of each listener with counters of their decisions",
                        request -> resources.filters()),
                new Route("GET", "/events", Set.of("after"),
                        "the last events, such as endpoints that went down; after: the number of the last one seen",
                        request -> resources.events(request.number("after", 0, 0, Long.MAX_VALUE))),
                ExplainRoute.of(parts.view()),
                get("/memory", "buffer pool, stash and pipes, now and at their peak", request -> resources.memory()),
                get("/plugins", "filter types with their origin, and plugins that were refused",
                        request -> resources.plugins()),
                get("/loggers", "loggers that have a level of their own", request -> loggers.list()),
                get("/reload", "the result of the last reload",
                        request -> Response.of(parts.commands().lastReload())),
                post("/reload", List.of("plan"),
                        "read the configuration again and apply it, whole or not at all; plan: only say what would change",
                        this::reload),
                post("/drain", List.of(),
                        "accept no new connections, at once or after runtime.drainDelay; let open ones end, then stop",
                        request -> drain()),
                post("/generations/{number}/drain", List.of("over"),
                        "close the connections of an old configuration; over: evenly in this time",
                        this::drainGeneration),
                post("/clusters/{name}/endpoints/{address}/drain", List.of("over"),
                        "send an endpoint no new connections; over: also close the open ones, evenly in this time",
                        this::drainEndpoint),
                post("/clusters/{name}/endpoints/{address}/up", List.of(), "end the drain of an endpoint",
                        this::restoreEndpoint),
                connections.closeAll(),
                connections.closeOne(),
                post("/loggers/{name}", List.of("level", "for"),
                        "set a log level: off, error, warn, info, debug, trace or inherit; for: set it back after this time",
                        this::setLevel));
    }

    private Response index() {
        return Response.json(200, json -> {
            json.name("paths").beginArray();
            for (Route route : routes) {
                json.beginObject().name("method").value(route.method()).name("path").value(route.path());
                json.name("about").value(route.about()).endObject();
            }
            json.endArray();
        });
    }

    /**
     * Writes the metrics, one scrape at a time: a scrape costs milliseconds of CPU, and clients that repeat it without
     * end must not occupy every core.
     */
    private Response metrics() throws IOException {
        try {
            scraping.lockInterruptibly();
        } catch (InterruptedException e) {
            throw ended(e);
        }
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream(16 * 1024);
            parts.metrics().write(body);
            return new Response(200, parts.metrics().contentType(), Map.of(), body.toByteArray());
        } finally {
            scraping.unlock();
        }
    }

    /** The deadline of a request has passed, and the connection for a response is gone. */
    private static InterruptedIOException ended(InterruptedException cause) {
        InterruptedIOException ended = new InterruptedIOException("the request took too long");
        ended.initCause(cause);
        return ended;
    }

    private Response reload(AdminRequest request) throws InterruptedIOException {
        if (request.flag("plan")) {
            return Response.of(parts.commands().plan());
        }
        LOG.info("admin: a reload was requested");
        try {
            return Response.of(parts.commands().reload().toCompletableFuture().get(reloadPatience.toNanos(),
                    TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            String text = "the reload goes on; GET /reload shows its result";
            return Response.json(202, json -> json.name("result").value("running").name("text").value(text));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the reload failed", e.getCause());
        } catch (InterruptedException e) {
            throw ended(e);
        }
    }

    private Response drain() {
        CommandResult result = parts.commands().drain();
        LOG.info("admin: a drain was requested");
        return Response.of(result);
    }

    private Response drainGeneration(AdminRequest request) {
        long number = request.number("the number of the generation");
        Duration over = request.duration("over", Duration.ZERO, Duration.ZERO, LONGEST_DRAIN, parts.durations());
        CommandResult result = parts.commands().drainGeneration(number, over);
        if (result.status() < 300) {
            LOG.info("admin: the drain of generation {} over {} s was requested", number, over.toSeconds());
        }
        return Response.of(result);
    }

    private Response drainEndpoint(AdminRequest request) {
        Duration over = request.parameters().containsKey("over")
                ? request.duration("over", Duration.ZERO, Duration.ZERO, LONGEST_DRAIN, parts.durations())
                : null;
        return Response.of(parts.commands().drainEndpoint(request.segments().get(0), request.segments().get(1), over));
    }

    private Response restoreEndpoint(AdminRequest request) {
        return Response.of(parts.commands().restoreEndpoint(request.segments().get(0), request.segments().get(1)));
    }

    private Response setLevel(AdminRequest request) {
        Duration time = request.duration("for", Duration.ZERO, Duration.ofSeconds(1), LONGEST_LEVEL,
                parts.durations());
        return loggers.set(request.segments().getFirst(), request.parameters().get("level"),
                time.isZero() ? null : time);
    }
}
