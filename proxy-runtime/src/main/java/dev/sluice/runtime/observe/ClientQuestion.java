package dev.sluice.runtime.observe;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A question about a client that may come. What is null is not known of it.
 *
 * @param listener the name of the listener that it connects to
 * @param client its address; null = it has none, as clients of Unix sockets
 * @param sni the server name that it asks for in TLS, in lower case
 * @param alpn the protocols that it offers in TLS, the preferred first, joined by commas
 * @param protocol the protocol that it speaks, as filters name it
 * @param clientSan the names in its certificate, joined by commas
 */
public record ClientQuestion(String listener, @Nullable IpAddress client, @Nullable String sni, @Nullable String alpn,
        @Nullable String protocol, @Nullable String clientSan) {}
