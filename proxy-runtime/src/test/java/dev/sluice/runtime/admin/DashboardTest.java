package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.net.httpserver.Headers;
import dev.sluice.api.CloseReason;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files of the dashboard, as they are; what they do in a browser is seen with the tarball. */
class DashboardTest {
    private static final int MOST_BYTES = 60 * 1024;

    private static Response response(String path) throws IOException {
        AdminRoutes.Route route = Dashboard.routes().stream().filter(one -> one.path().equals(path)).findFirst()
                .orElseThrow();
        return route.responder().respond(new AdminRequest(List.of(), Map.of()));
    }

    private static String text(String path) throws IOException {
        return new String(response(path).body(), StandardCharsets.UTF_8);
    }

    @Test
    void itIsSmallAndLetsNothingElseIn() throws IOException {
        int size = 0;
        for (String path : Dashboard.PATHS) {
            Response response = response(path);
            size += response.body().length;
            String policy = response.headers().get("Content-Security-Policy");
            assertTrue(policy != null && policy.startsWith("default-src 'none';") && !policy.contains("unsafe"), path);
            assertFalse(text(path).replace("http://www.w3.org/2000/svg", "").contains("://"), path + " names a server");
        }
        assertTrue(size <= MOST_BYTES, size + " bytes");
        assertEquals(Dashboard.PATHS,
                Dashboard.routes().stream().map(AdminRoutes.Route::path).collect(Collectors.toSet()));
    }

    /** Names, reasons and messages may have been chosen by an attacker. */
    @Test
    void nothingIsSetAsMarkup() throws IOException {
        String script = text("/dashboard.js");
        for (String way : List.of("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                "new Function",
                "srcdoc", "setAttribute('on", "setAttribute('style")) {
            assertFalse(script.contains(way), way);
        }
        assertFalse(Pattern.compile("\\s(on[a-z]+|style)=").matcher(text("/dashboard")).find(),
                "the policy of the page would not run it");
    }

    /** A reason that is renamed would be marked as a failure. */
    @Test
    void quietReasonsAreReasons() throws IOException {
        String script = text("/dashboard.js");
        String quiet = script.substring(script.indexOf("QUIET = new Set([") + 17, script.indexOf("]);"));
        Set<String> labels = Stream.of(CloseReason.values()).map(CloseReason::label).collect(Collectors.toSet());
        List<String> named = Stream.of(quiet.split(",")).map(String::strip).map(word -> word.replace("'", "")).toList();
        assertTrue(named.contains("client-finished"), quiet);
        named.forEach(word -> assertTrue(labels.contains(word), word));
    }

    @Test
    void itNeedsNoTokenAndItsDataDoes() {
        AdminToken token = new AdminToken("0123456789abcdef0123456789abcdef");
        AccessGuard guard = new AccessGuard(
                new BrowserGuard(new InetSocketAddress(InetAddress.getLoopbackAddress(), 9901)), token);
        Headers headers = new Headers();
        headers.add("Host", "proxy.example:9901");
        assertNull(guard.refusal("HTTP/1.1", URI.create("/dashboard"), headers));
        Response refused = guard.refusal("HTTP/1.1", URI.create("/overview"), headers);
        assertNotNull(refused);
        assertEquals(401, refused.status());
    }

    @Test
    void aBrowserAtTheRootIsSentThere() {
        Response redirect = Dashboard.redirect();
        assertEquals(303, redirect.status());
        assertEquals("/dashboard", redirect.headers().get("Location"));
    }
}
