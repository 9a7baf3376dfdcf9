package dev.sluice.runtime.admin;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import com.sun.net.httpserver.Headers;
import dev.sluice.api.net.IpLiteral;
import org.jspecify.annotations.Nullable;

/**
 * A guard against requests that a web page may have made an operator's browser send. A name that the attacker points at
 * 127.0.0.1 (DNS rebinding) shows in Host, a request from a foreign page in Origin or Sec-Fetch-Site. Programs send no
 * Origin, and a Host of their choice. Immutable: any thread.
 */
final class BrowserGuard {
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern LOOPBACK_V4 = Pattern.compile("127(?:\\." + OCTET + "){3}");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-f:.]+]|[^:\\[\\]]+)(?::[0-9]{1,5})?");
    private static final String LOCAL_HOSTS = "localhost, 127.0.0.1 or [::1], with any port";
    private static final String OPEN_HOSTS = "localhost or an IP address, with any port; with the token any name";

    /**
     * Whether other machines can reach the listening address. Its own addresses are many then, and not known; but an
     * attacker needs a name, whose address he can change.
     */
    private final boolean open;

    BrowserGuard(SocketAddress listen) {
        this.open = listen instanceof InetSocketAddress inet && inet.getAddress() != null
                && !inet.getAddress().isLoopbackAddress();
    }

    private String allowed() {
        return open ? OPEN_HOSTS : LOCAL_HOSTS;
    }

    /** The refusal of a request; null if it is allowed. */
    @Nullable
    Response refusal(String protocol, URI target, Headers headers) {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        if (hosts.size() > 1 || (hosts.isEmpty() && !protocol.equalsIgnoreCase("HTTP/1.0"))) {
            return Response.error(400, "a request has exactly one Host header; this one has " + hosts.size());
        }
        String host = hosts.isEmpty() ? null : hosts.getFirst().toLowerCase(Locale.ROOT);
        if (host != null && !isOurs(host)) {
            return Response.error(403, "the Host header names \"" + host + "\"; allowed: " + allowed());
        }
        // With an absolute target, which only proxies are sent, the target counts (RFC 9112, 3.2.2).
        String authority = target.getRawAuthority();
        if (authority != null && !isOurs(authority.toLowerCase(Locale.ROOT))) {
            return Response.error(403, "the request names the host \"" + authority + "\"; allowed: " + allowed());
        }
        for (String origin : headers.getOrDefault("Origin", List.of())) {
            if (host == null || !origin.toLowerCase(Locale.ROOT).equals("http://" + host)) {
                return Response.error(403, "the request comes from a page of \"" + origin
                        + "\"; foreign pages may not use this interface");
            }
        }
        for (String site : headers.getOrDefault("Sec-Fetch-Site", List.of())) {
            if (!site.equals("same-origin") && !site.equals("none")) {
                return Response.error(403, "the request comes from a foreign page (Sec-Fetch-Site: " + site
                        + "); those may not use this interface");
            }
        }
        return null;
    }

    private boolean isOurs(String authority) {
        var parts = HOST.matcher(authority);
        if (!parts.matches()) {
            return false;
        }
        String host = parts.group(1);
        return host.equals("localhost")
                || host.equals("[::1]")
                || LOOPBACK_V4.matcher(host).matches()
                || (open && isAddress(host.startsWith("[") ? host.substring(1, host.length() - 1) : host));
    }

    private static boolean isAddress(String text) {
        return IpLiteral.read(text).address() != null;
    }
}
