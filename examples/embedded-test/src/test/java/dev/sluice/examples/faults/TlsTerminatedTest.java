package dev.sluice.examples.faults;

import java.io.IOException;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.api.fault.Faults;
import dev.sluice.junit.Endpoint;
import dev.sluice.junit.Sluice;
import dev.sluice.junit.SluiceProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** HTTPS that ends at the proxy: faults hit what was in it, and what they leave is a whole stream for TLS. */
@SluiceProxy(yaml = """
        listeners:
          - name: https
            listen: "127.0.0.1:443"
            cluster: app
            tls: { certificates: [ { certificate: target/certificate/server.pem, key: target/certificate/server.key } ] }
        clusters: [ { name: app, endpoints: [ { address: "app.internal.example:80" } ] } ]
        """)
class TlsTerminatedTest {
    @Endpoint("app")
    private static final HttpServer SERVER = TestingHttp.start("hello");

    @BeforeAll
    static void makeTheFiles() {
        assertNotNull(TestingCertificate.CONTEXT);
    }

    @AfterAll
    static void stop() {
        SERVER.stop(0);
    }

    @Test
    void anAnswerThatIsCutIsNoticedByHttpAlone(Sluice sluice) throws Exception {
        int port = sluice.address("https").getPort();
        assertEquals("hello", TestingHttp.get(port, TestingCertificate.CONTEXT));
        sluice.cluster("app").fault(Faults.finishAfter("HTTP/1.1 200 OK\r\n".length()));
        assertThrows(IOException.class, () -> TestingHttp.get(port, TestingCertificate.CONTEXT));
    }
}
