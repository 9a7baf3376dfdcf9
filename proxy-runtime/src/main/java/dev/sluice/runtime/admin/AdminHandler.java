package dev.sluice.runtime.admin;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The handler of all requests, which checks the client, the path and the method. Runs on the virtual thread of the
 * request.
 */
final class AdminHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(AdminHandler.class);

    private final AccessGuard guard;
    private final IntPredicate fromBridge;
    private final AdminRoutes routes;

    /** @param fromBridge whether the bridge has opened the connection with this remote port */
    AdminHandler(AccessGuard guard, IntPredicate fromBridge, AdminRoutes routes) {
        this.guard = guard;
        this.fromBridge = fromBridge;
        this.routes = routes;
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
        if (isBrowserAtRoot(exchange, target)) {
            return Dashboard.redirect();
        }
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

    /** Whether a browser shows the root: programs, curl among them, ask for no HTML, and get the list of paths. */
    private static boolean isBrowserAtRoot(HttpExchange exchange, URI target) {
        String accepted = exchange.getRequestHeaders().getFirst("Accept");
        return exchange.getRequestMethod().equals("GET") && "/".equals(target.getPath()) && accepted != null
                && accepted.contains("text/html");
    }

    private Response route(String method, URI target) throws IOException {
        String path = target.getPath();
        Set<String> allowed = new LinkedHashSet<>();
        for (AdminRoutes.Route route : routes.all()) {
            List<String> segments = route.segments(target.getRawPath());
            if (segments != null) {
                if (route.method().equals(method) || (method.equals("HEAD") && route.method().equals("GET"))) {
                    return route.responder()
                            .respond(AdminRequest.of(segments, target.getRawQuery(), route.parameters()));
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

    private static void send(HttpExchange exchange, Response response) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", response.contentType());
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        response.headers().forEach(headers::set);
        if (exchange.getRequestMethod().equals("HEAD")) {
            headers.set("Content-Length", Integer.toString(response.body().length));
            exchange.sendResponseHeaders(response.status(), -1);
        } else {
            exchange.sendResponseHeaders(response.status(), response.body().length);
            exchange.getResponseBody().write(response.body());
        }
    }
}
