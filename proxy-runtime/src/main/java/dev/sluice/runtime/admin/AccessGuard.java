package dev.sluice.runtime.admin;

import java.net.URI;
import java.util.List;
import java.util.Set;

import com.sun.net.httpserver.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The guard of all paths: a token, if there is one, and {@link BrowserGuard} for requests without it. A request with
 * the right token needs no other check, because a foreign page does not know it: neither DNS rebinding nor a forged
 * request helps such a page. Any thread.
 */
final class AccessGuard {
    /** The paths of health checks, which have no token. They show names of listeners and clusters. */
    static final Set<String> OPEN = Set.of("/live", "/ready");

    /** The path that also takes the token which its file has now, so that the reload with a new token can be asked for. */
    private static final String RELOAD = "/reload";

    private final BrowserGuard browser;
    private volatile @Nullable AdminToken token;

    /** @param token the token that is needed; null = none */
    AccessGuard(BrowserGuard browser, @Nullable AdminToken token) {
        this.browser = browser;
        this.token = token;
    }

    /** Changes the token that the next requests need; null = none. */
    void token(@Nullable AdminToken next) {
        token = next;
    }

    /** The refusal of a request; null if it is allowed. */
    @Nullable
    Response refusal(String protocol, URI target, Headers headers) {
        AdminToken needed = token;
        if (needed != null && Dashboard.PATHS.contains(target.getPath())) {
            // No browser sends a token for a page; its script does for what the page shows.
            return null;
        }
        if (needed != null) {
            if (needed.isIn(headers) || (target.getPath().equals(RELOAD) && needed.isWrittenIn(headers))) {
                return null;
            }
            if (!OPEN.contains(target.getPath())) {
                boolean sent = !headers.getOrDefault("Authorization", List.of()).isEmpty();
                return Response.unauthorized((sent ? "this is not the token of admin.tokenFile" : "a token is needed")
                        + ": send that of admin.tokenFile in the header \"Authorization: Bearer TOKEN\"");
            }
        }
        return browser.refusal(protocol, target, headers);
    }
}
