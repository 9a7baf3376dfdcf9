package dev.sluice.runtime.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sluice.runtime.observe.Metrics;
import dev.sluice.runtime.observe.ProxyView;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler of all requests, which checks the client, the path and the method. Runs on the virtual thread of the
 * request.
 */
final class AdminHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);
    private static final int DEFAULT_PAGE = 100;
    private static final int MAX_PAGE = 1_000;

    /** The response of a route; {@code id} is the number in the path, 0 if it has none. */
    private interface Responder {
        Response respond(long id, Map<String, String> query) throws IOException;
    }

    /** A route: a path, in which {@code {id}} is a number, and its responder. */
    private record Route(String method, String path, Set<String> parameters, String about, Responder responder) {}

    private final BrowserGuard guard;
    private final IntPredicate fromBridge;
    private final ProxyView view;
    private final Metrics metrics;
    private final AdminCommands commands;
    private final List<Route> routes;
    private final ReentrantLock scraping = new ReentrantLock();

    /** @param fromBridge whether the bridge has opened the connection with this remote port */
    AdminHandler(BrowserGuard guard, IntPredicate fromBridge, ProxyView view, Metrics metrics, AdminCommands commands) {
        this.guard = guard;
        this.fromBridge = fromBridge;
        this.view = view;
        this.metrics = metrics;
        this.commands = commands;
        this.routes = routes();
    }

    private List<Route> routes() {
        AdminResources resources = new AdminResources(view);
        Set<String> none = Set.of();
        Set<String> page = new LinkedHashSet<>(List.of("after", "limit"));
        return List.of(
                new Route("GET", "/", none, "this list", (id, query) -> index()),
                new Route("GET", "/live", none, "200 while the process serves", (id, query) -> resources.live()),
                new Route("GET", "/ready", none, "200 if new connections can be served, else 503 with the reasons",
                        (id, query) -> resources.ready()),
                new Route("GET", "/metrics", none, "Prometheus text format", (id, query) -> metrics()),
                new Route("GET", "/listeners", none, "listeners with counters of their connections",
                        (id, query) -> resources.listeners()),
                new Route("GET", "/clusters", none, "clusters, endpoints and connect attempts",
                        (id, query) -> resources.clusters()),
                new Route(
                        "GET",
                        "/connections",
                        page,
                        "open connections, a page at a time; limit: 1 to 1000, after: the last id of the page before",
                        (id, query) -> resources.connections(
                                number(query, "after", 0, 0, Long.MAX_VALUE),
                                (int) number(query, "limit", DEFAULT_PAGE, 1, MAX_PAGE))),
                new Route("GET", "/filters", none, "filters of each listener with counters of their decisions",
                        (id, query) -> resources.filters()),
                new Route("GET", "/events", Set.of("after"),
                        "the last events, such as endpoints that went down; after: the number of the last one seen",
                        (id, query) -> resources.events(number(query, "after", 0, 0, Long.MAX_VALUE))),
                new Route("GET", "/memory", none, "buffer pool, stash and pipes, now and at their peak",
                        (id, query) -> resources.memory()),
                new Route("GET", "/plugins", none,
                        "filter types with their origin, and plugins that were refused",
                        (id, query) -> resources.plugins()),
                new Route("POST", "/drain", none, "accept no new connections, let open ones end, then stop",
                        (id, query) -> drain()),
                new Route("POST", "/connections/{id}/close", none, "close one connection", (id, query) -> close(id)));
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        if (!fromBridge.test(exchange.getRemoteAddress().getPort())) {
            // Thrown without a response, so that the HTTP server drops the connection at once.
            throw new IOException("not a connection of the bridge");
        }
        try (exchange) {
            send(exchange, respond(exchange));
        }
    }

    private Response respond(HttpExchange exchange) throws InterruptedIOException {
        URI target = exchange.getRequestURI();
        Response refusal = guard.refusal(exchange.getProtocol(), target, exchange.getRequestHeaders());
        if (refusal != null) {
            return refusal;
        }
        String method = exchange.getRequestMethod();
        try {
            return route(method, target);
        } catch (BadRequestException e) {
            return Response.error(400, String.valueOf(e.getMessage()));
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            // Errors too: a process without descriptors cannot load classes, and its operator has to see that.
            LOG.error("admin: {} {} failed", method, target.getPath(), e);
            return Response.error(500, "internal error; the log has the stack trace: " + e);
        }
    }

    private Response route(String method, URI target) throws IOException {
        String path = target.getPath();
        Set<String> allowed = new LinkedHashSet<>();
        for (Route route : routes) {
            long id = match(route.path(), path);
            if (id >= 0) {
                if (route.method().equals(method) || (method.equals("HEAD") && route.method().equals("GET"))) {
                    return route.responder().respond(id, query(target.getRawQuery(), route.parameters()));
                }
                allowed.add(route.method());
                if (route.method().equals("GET")) {
                    allowed.add("HEAD");
                }
            }
        }
        return allowed.isEmpty()
                ? Response.error(404, "there is no " + path + "; GET / lists the paths")
                : Response.methodNotAllowed(method, path, String.join(", ", allowed));
    }

    /** The number at {@code {id}}; 0 if the template has none, -1 if the path does not match. */
    private static long match(String template, String path) {
        int hole = template.indexOf("{id}");
        if (hole < 0) {
            return template.equals(path) ? 0 : -1;
        }
        String before = template.substring(0, hole);
        String after = template.substring(hole + "{id}".length());
        if (path.length() <= before.length() + after.length() || !path.startsWith(before) || !path.endsWith(after)) {
            return -1;
        }
        String id = path.substring(before.length(), path.length() - after.length());
        return id.contains("/") ? -1 : parse("the connection id", id, 1, Long.MAX_VALUE);
    }

    private static Map<String, String> query(@Nullable String raw, Set<String> allowed) {
        Map<String, String> query = new LinkedHashMap<>();
        if (raw == null || raw.isEmpty()) {
            return query;
        }
        List<String> parts = new ArrayList<>(List.of(raw.split("&", -1)));
        for (String part : parts) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (!allowed.contains(name)) {
                throw new BadRequestException(
                        "unknown parameter \"" + name + "\"; allowed: "
                                + (allowed.isEmpty() ? "none" : String.join(", ", allowed)));
            }
            if (query.put(name, equals < 0 ? "" : part.substring(equals + 1)) != null) {
                throw new BadRequestException("parameter \"" + name + "\" is given twice");
            }
        }
        return query;
    }

    private static long number(Map<String, String> query, String name, long absent, long min, long max) {
        String text = query.get(name);
        return text == null ? absent : parse(name, text, min, max);
    }

    private static long parse(String what, String text, long min, long max) {
        long value;
        try {
            value = Long.parseLong(text);
        } catch (NumberFormatException e) {
            value = min - 1;
        }
        if (value < min || value > max || text.startsWith("+")) {
            String range = max == Long.MAX_VALUE ? "a number from " + min : "a number from " + min + " to " + max;
            throw new BadRequestException(what + " is \"" + text + "\"; allowed: " + range);
        }
        return value;
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
            // The deadline has passed, and the connection for a response is gone.
            InterruptedIOException ended = new InterruptedIOException("the request took too long");
            ended.initCause(e);
            throw ended;
        }
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream(16 * 1024);
            metrics.write(body);
            return new Response(200, metrics.contentType(), null, body.toByteArray());
        } finally {
            scraping.unlock();
        }
    }

    private Response drain() {
        commands.drain();
        LOG.info("admin: a drain was requested");
        return Response.json(202, json -> json.name("state").value(view.state().label()));
    }

    private Response close(long id) {
        if (!view.closeConnection(id)) {
            return Response.error(404, "there is no connection " + id + "; GET /connections lists the open ones");
        }
        LOG.info("admin: the close of connection {} was requested", id);
        return Response.json(202, json -> json.name("id").value(id).name("closing").value(true));
    }

    private static void send(HttpExchange exchange, Response response) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", response.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        if (response.allow() != null) {
            headers.set("Allow", response.allow());
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(response.body().length));
            exchange.sendResponseHeaders(response.status(), -1);
        } else {
            exchange.sendResponseHeaders(response.status(), response.body().length);
            exchange.getResponseBody().write(response.body());
        }
    }
}
