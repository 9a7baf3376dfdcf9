package dev.sluice.runtime.observe;

import org.jspecify.annotations.Nullable;

/**
 * What filters and routes have found out about a connection, and done to it. All may be absent. Texts come from clients and plugins: whoever shows
 * them escapes them.
 *
 * @param protocol what the client speaks
 * @param sni the name that the client asked for
 * @param sniInvalid what stood in the place of that name and is none
 * @param alpn the protocols that the client offers, joined by commas
 * @param route which route was taken
 * @param filter the filter that ended the connection
 * @param detail what a filter had to say
 */
public record Findings(@Nullable String protocol, @Nullable String sni, @Nullable String sniInvalid,
        @Nullable String alpn, @Nullable String route, @Nullable String filter, @Nullable String detail) {
    /** Nothing is known. */
    public static final Findings NONE = new Findings(null, null, null, null, null, null, null);
    /** No fact is longer than a name of DNS four times over. */
    private static final int LONGEST = 1024;

    public Findings {
        protocol = cut(protocol);
        sni = cut(sni);
        sniInvalid = cut(sniInvalid);
        alpn = cut(alpn);
        detail = cut(detail);
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }
}
