package dev.sluice.runtime.observe;

import dev.sluice.runtime.tls.Session;
import org.jspecify.annotations.Nullable;

/**
 * Findings of filters and routes about a connection, and decisions about it. All may be absent. Texts come from clients
 * and plugins, and are escaped where they are shown.
 *
 * @param protocol the protocol that the client speaks
 * @param sni the server name that the client sent (TLS SNI)
 * @param sniInvalid the text in place of that name, if it is not a DNS name
 * @param alpn the protocols that the client offers, joined by commas
 * @param route the label of the route that was taken
 * @param filter the filter that ended the connection
 * @param detail the reason that a filter gave
 * @param tls the TLS session with the client; null = TLS does not end here
 * @param passthrough whether the listener terminates TLS, and this client's goes on to the endpoint
 * @param upstreamTls the TLS session with the endpoint; null = there is none
 */
public record Findings(@Nullable String protocol, @Nullable String sni, @Nullable String sniInvalid,
        @Nullable String alpn, @Nullable String route, @Nullable String filter, @Nullable String detail,
        @Nullable Session tls, boolean passthrough, @Nullable Session upstreamTls) {
    /** Findings with nothing known. */
    public static final Findings NONE = new Findings(null, null, null, null, null, null, null);
    /** The length at which attributes are cut: four times that of a DNS name. */
    private static final int LONGEST = 1024;

    /** Findings about a connection without TLS that ends here. */
    public Findings(@Nullable String protocol, @Nullable String sni, @Nullable String sniInvalid,
            @Nullable String alpn, @Nullable String route, @Nullable String filter, @Nullable String detail) {
        this(protocol, sni, sniInvalid, alpn, route, filter, detail, null, false, null);
    }

    public Findings {
        protocol = cut(protocol);
        sni = cut(sni);
        sniInvalid = cut(sniInvalid);
        alpn = cut(alpn);
        detail = cut(detail);
    }

    /** The place at which the client's TLS ends: {@code terminated}, {@code passthrough}; null = it was not looked at. */
    @Nullable
    public String tlsMode() {
        return passthrough ? "passthrough" : tls == null ? null : "terminated";
    }

    /** The subject of the certificate that the client has shown; null = none. */
    @Nullable
    public String clientSubject() {
        return tls == null || tls.peer() == null || tls.peer().subject().isEmpty() ? null : cut(tls.peer().subject());
    }

    /** The alternative names in the certificate that the client has shown, joined by commas; null = none. */
    @Nullable
    public String clientNames() {
        return tls == null || tls.peer() == null || tls.peer().names().isEmpty()
                ? null
                : cut(tls.peer().joinedNames());
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
