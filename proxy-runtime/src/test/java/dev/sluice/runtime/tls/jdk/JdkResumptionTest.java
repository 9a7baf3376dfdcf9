package dev.sluice.runtime.tls.jdk;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.ResumptionContract;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.TestingEngine;
import dev.sluice.runtime.tls.TicketRules;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The contract of resumption, kept by the engine of the JDK. */
class JdkResumptionTest extends ResumptionContract {
    private static final int NEW_SESSION_TICKET = 4;

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

    /** OpenSSL ends the connection if nothing comes: the hello of the JDK has announced a ticket. */
    @Test
    void withoutTicketsAClientOfTls12GetsAnEmptyOne() throws Exception {
        try (TestingBuffers buffers = new TestingBuffers(64 * 1024)) {
            TestingEngine client = new TestingEngine(
                    TestingEngine.engine(TestingEngine.trusting(), true, "TLSv1.2"));
            byte[] last = client.shake(serverOf(identity("a.example"), TicketRules.OFF).newHandshake(new LoopCiphers()),
                    buffers);
            assertEquals(RecordFormat.HANDSHAKE, last[0]);
            assertEquals(NEW_SESSION_TICKET, last[RecordFormat.HEADER_BYTES]);
            int length = RecordFormat.HEADER_BYTES + 4 + 4;
            assertEquals(0, last[length] << Byte.SIZE | last[length + 1]);
        }
    }
}
