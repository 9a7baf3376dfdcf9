package dev.sluice.runtime.tls.boring;

import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.TlsServer;

/**
 * The handshakes of a listener by BoringSSL. Any thread.
 *
 * @param contexts its settings, and the keys of tickets
 */
record BoringServer(ScopedContexts contexts) implements TlsServer {
    @Override
    public Handshake newHandshake(LoopCiphers scratch) {
        return new FirstRecord(identities(), scope -> new BoringHandshake(contexts.of(scope), scratch));
    }

    @Override
    public Identities identities() {
        return contexts.identities();
    }
}
