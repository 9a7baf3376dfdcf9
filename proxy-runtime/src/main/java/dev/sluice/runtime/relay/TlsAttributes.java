package dev.sluice.runtime.relay;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import dev.sluice.runtime.tls.ClientHello;
import dev.sluice.runtime.tls.Peer;
import dev.sluice.runtime.tls.Session;
import org.jspecify.annotations.Nullable;

/** The facts of a client's TLS session, or of its hello, as attributes of its connection. Stateless. */
final class TlsAttributes {
    private static final String TLS = "tls";
    private static final String VERSION_PREFIX = "TLSv";

    private TlsAttributes() {}

    /**
     * The value of an attribute; null = the client's TLS has none, or the key is another one.
     *
     * @param asked the server name in a handshake that has failed
     */
    static @Nullable String value(@Nullable Session session, @Nullable ClientHello hello, @Nullable String asked,
            AttributeKey<?> key) {
        if (hello != null) {
            return ofHello(hello, key);
        } else if (session == null) {
            return key.equals(Attributes.SNI) ? asked : null;
        } else if (key.equals(Attributes.PROTOCOL)) {
            return TLS;
        } else if (key.equals(Attributes.SNI)) {
            return session.serverName();
        } else if (key.equals(Attributes.ALPN)) {
            return session.protocol();
        } else if (key.equals(Attributes.TLS_VERSION)) {
            return session.version().replace(VERSION_PREFIX, "");
        }
        return key.equals(Attributes.TLS_CIPHER) ? session.suite() : ofClient(session.peer(), key);
    }

    /** The value of an attribute of the TLS with the endpoint; null = it has none, or the key is another one. */
    static @Nullable String ofEndpoint(@Nullable Session session, AttributeKey<?> key) {
        if (session == null) {
            return null;
        } else if (key.equals(Attributes.UPSTREAM_TLS_VERSION)) {
            return session.version().replace(VERSION_PREFIX, "");
        }
        return key.equals(Attributes.UPSTREAM_TLS_CIPHER) ? session.suite() : null;
    }

    private static @Nullable String ofHello(ClientHello hello, AttributeKey<?> key) {
        if (key.equals(Attributes.PROTOCOL)) {
            return TLS;
        } else if (key.equals(Attributes.SNI)) {
            return hello.serverName();
        } else if (key.equals(Attributes.ALPN)) {
            return hello.protocols();
        }
        return key.equals(Attributes.TLS_VERSION) ? hello.version() : null;
    }

    private static @Nullable String ofClient(@Nullable Peer client, AttributeKey<?> key) {
        if (client == null) {
            return null;
        } else if (key.equals(Attributes.CLIENT_SUBJECT)) {
            return client.subject().isEmpty() ? null : client.subject();
        }
        return key.equals(Attributes.CLIENT_SAN) && !client.names().isEmpty() ? client.joinedNames() : null;
    }
}
