package dev.sluice.runtime.tls.jdk;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.ResumptionContract;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/** The contract of resumption, kept by the engine of the JDK. */
class JdkResumptionTest extends ResumptionContract {
    private final JdkTls tls = new JdkTls(1);

    @Override
    protected TlsServer server(String listener, Identities identities, ServerSettings settings,
            @Nullable ClientTrust trust) {
        JdkContext context = tls.context(listener, identities, trust);
        Await.until("the self-test", () -> tls.secrets() != null);
        return new JdkServer(context, settings);
    }

    @Override
    protected void serve(String listener, Identities identities, @Nullable ClientTrust trust) {
        tls.serve(listener, identities, trust);
    }
}
