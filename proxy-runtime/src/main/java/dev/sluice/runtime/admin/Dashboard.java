package dev.sluice.runtime.admin;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The page for people: a document, a style sheet and a script that asks for {@code /overview} once a second. It has no figures of its own, so it
 * needs no token. It asks no other server for anything, and the browser is told to let nothing else in. Any thread.
 */
final class Dashboard {
    /** Where a browser finds it. */
    static final String PATH = "/dashboard";
    /** The paths of the files of the page. */
    static final Set<String> PATHS = Set.of(PATH, "/dashboard.css", "/dashboard.js");

    private static final Map<String, String> HEADERS = Map.of("Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer");

    private Dashboard() {}

    static List<AdminRoutes.Route> routes() {
        return List.of(
                route(PATH, "a page for people: what serves, what fails and why, who holds memory, what changed",
                        "dashboard.html", "text/html; charset=utf-8"),
                route("/dashboard.css", "its style sheet", "dashboard.css", "text/css; charset=utf-8"),
                route("/dashboard.js", "its script", "dashboard.js", "text/javascript; charset=utf-8"));
    }

    private static AdminRoutes.Route route(String path, String about, String resource, String type) {
        return new AdminRoutes.Route("GET", path, Set.of(), about,
                request -> new Response(200, type, HEADERS, read(resource)));
    }

    /** The way to the page, for a browser at the root. */
    static Response redirect() {
        return Response.redirect(PATH);
    }

    private static byte[] read(String resource) throws IOException {
        try (InputStream content = Dashboard.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new IOException(resource + " is not in the program");
            }
            return content.readAllBytes();
        }
    }
}
