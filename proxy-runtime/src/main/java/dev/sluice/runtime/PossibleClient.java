package dev.sluice.runtime;

import java.util.LinkedHashMap;
import java.util.Map;

/** A client that may come, described as far as it is known, to ask {@link ProxyConfig#explain} about it. Immutable. */
public final class PossibleClient {
    private final Map<String, String> facts;

    private PossibleClient(Map<String, String> facts) {
        this.facts = facts;
    }

    /**
     * Describes a client of which only the address is known.
     *
     * @param listener the name of the listener that it connects to
     * @param address its IP address, such as {@code 192.0.2.7}; behind a load balancer the one in the PROXY header;
     *     {@code unix} for a client of a Unix socket
     * @return the client
     */
    public static PossibleClient of(String listener, String address) {
        return new PossibleClient(Map.of()).with("listener", listener).with("client", address);
    }

    /**
     * Adds the server name that it asks for in TLS.
     *
     * @param name such as {@code api.example.com}
     * @return a copy with it
     */
    public PossibleClient sni(String name) {
        return with("sni", name);
    }

    /**
     * Adds the protocols that it offers in TLS.
     *
     * @param protocols the preferred first, joined by commas: {@code h2,http/1.1}
     * @return a copy with them
     */
    public PossibleClient alpn(String protocols) {
        return with("alpn", protocols);
    }

    /**
     * Adds the protocol that it speaks; where TLS ends at the proxy, the one within.
     *
     * @param name as filters find it, such as {@code http1}; {@code tls} if nothing is said and a server name or protocols
     *     of TLS are
     * @return a copy with it
     */
    public PossibleClient protocol(String name) {
        return with("protocol", name);
    }

    /**
     * Adds the names in its certificate.
     *
     * @param names joined by commas
     * @return a copy with them
     */
    public PossibleClient clientSan(String names) {
        return with("clientSan", names);
    }

    private PossibleClient with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(facts);
        more.put(name, value);
        return new PossibleClient(more);
    }

    /** What is known, by the names of the parameters of {@code GET /explain}. */
    Map<String, String> facts() {
        return facts;
    }

    @Override
    public String toString() {
        return facts.toString();
    }
}
