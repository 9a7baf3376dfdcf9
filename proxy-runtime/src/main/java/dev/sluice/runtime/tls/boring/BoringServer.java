package dev.sluice.runtime.tls.boring;

import java.util.List;

import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.tls.TlsServer;

/**
 * The handshakes of a listener by BoringSSL. Any thread.
 *
 * @param context settings and ticket keys
 * @param versions of TLS, by the JDK's names
 * @param rejectsUnknown whether clients that ask for a name that no certificate has are refused
 */
record BoringServer(BoringContext context, List<String> versions, boolean rejectsUnknown) implements TlsServer {
    BoringServer {
        versions = List.copyOf(versions);
    }

    @Override
    public Handshake newHandshake(LoopCiphers scratch) {
        return new BoringHandshake(context, scratch, rejectsUnknown,
                versions.stream().anyMatch(version -> !version.equals(Session.TLS_13)));
    }

    @Override
    public Identities identities() {
        return context.identities();
    }
}
