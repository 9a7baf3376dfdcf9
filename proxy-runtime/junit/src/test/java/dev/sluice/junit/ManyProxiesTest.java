package dev.sluice.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Proxies that are started and closed one after the other in one JVM. */
class ManyProxiesTest {
    private static final int PROXIES = Integer.getInteger("sluice.junit.proxies", 20);
    /** Less than a read buffer of each; the threads of the JDK keep some that they have used. */
    private static final long MORE = 1 << 20;
    private static final String YAML = """
            listeners: [ { name: edge, listen: "127.0.0.1:0", cluster: app } ]
            clusters: [ { name: app, endpoints: [ { address: "10.0.0.1:80" } ] } ]
            """;

    private static void useOne(TestingUpstream server, boolean leave) throws Exception {
        RunningProxy proxy = RunningProxy.start(ManyProxiesTest.class, Await.PATIENCE,
                ProxyServer.builder().config(YAML),
                Map.of("app", ServerAddress.all(server)));
        Scope scope = proxy.begin("use", false);
        List<Throwable> failures = new ArrayList<>();
        try (TestingClient client = TestingClient.connect(proxy.server().address("edge"))) {
            assertEquals("hello", client.roundTrip("hello"));
            if (leave) {
                proxy.end(scope, false, failures);
                proxy.close(failures);
            }
        }
        if (!leave) {
            proxy.end(scope, true, failures);
            proxy.close(failures);
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void nothingIsLeft() throws Exception {
        try (TestingUpstream server = TestingUpstream.echo()) {
            useOne(server, false);
            Ledger ledger = Ledger.open();
            long direct = Ledger.directBytes();
            for (int i = 0; i < PROXIES; i++) {
                useOne(server, i % 2 == 1);
            }
            ledger.settle();
            long more = Ledger.directBytes() - direct;
            assertTrue(more < MORE, () -> more + " bytes of direct memory more than before");
        }
    }
}
