package dev.sluice.runtime.tls;

/** A server's part in TLS: certificates, versions, protocols. It makes the handshakes of a listener's clients. Any thread. */
public interface TlsServer {
    /**
     * A handshake that has not begun.
     *
     * @param scratch the ciphers of the loop that runs it
     */
    Handshake newHandshake(LoopCiphers scratch);

    /** The certificates that are served now. */
    Identities identities();
}
