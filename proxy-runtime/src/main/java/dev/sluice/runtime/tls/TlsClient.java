package dev.sluice.runtime.tls;

import org.jspecify.annotations.Nullable;

/** A client's part in TLS: trust, name, certificate, protocols. It makes the handshakes with a cluster's endpoints. Any thread. */
public interface TlsClient {
    /**
     * A handshake that has not begun.
     *
     * @param scratch the ciphers of the loop that runs it
     * @param passedName the server name that the proxy's own client has asked for; null = none
     * @param endpoint the address of the endpoint, by which sessions are kept for later handshakes
     */
    Handshake newHandshake(LoopCiphers scratch, @Nullable String passedName, String endpoint);

    /** The certificate that is shown to endpoints that ask for it; null = none is. */
    @Nullable
    Identity identity();
}
