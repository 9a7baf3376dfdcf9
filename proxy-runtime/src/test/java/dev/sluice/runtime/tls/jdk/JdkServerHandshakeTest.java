package dev.sluice.runtime.tls.jdk;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.ServerHandshakeContract;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.TlsServer;

/** The contract, kept by the engine of the JDK. */
class JdkServerHandshakeTest extends ServerHandshakeContract {
    private static final JdkTls TLS = new JdkTls(1);
    private static int count;

    @Override
    protected TlsServer server(Identities identities, ServerSettings settings) {
        JdkContext context = TLS.context("edge " + ++count, identities, null);
        Await.until("the self-test", () -> TLS.secrets() != null);
        return new JdkServer(context, settings);
    }
}
