package dev.sluice.examples.faults;

import javax.net.ssl.SSLException;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.api.fault.Faults;
import dev.sluice.junit.Endpoint;
import dev.sluice.junit.Sluice;
import dev.sluice.junit.SluiceProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** HTTPS that the proxy passes on as it is: faults hit encrypted bytes, and TLS notices each wrong one. */
@SluiceProxy(yaml = """
        listeners: [ { name: https, listen: "127.0.0.1:443", cluster: app } ]
        clusters: [ { name: app, endpoints: [ { address: "app.internal.example:443" } ] } ]
        """)
class TlsPassthroughTest {
    @Endpoint("app")
    private static final HttpServer SERVER = TestingHttp.start("hello", TestingCertificate.CONTEXT);

    @AfterAll
    static void stop() {
        SERVER.stop(0);
    }

    @Test
    void wrongBytesAreNoticedByTls(Sluice sluice) throws Exception {
        int port = sluice.address("https").getPort();
        assertEquals("hello", TestingHttp.get(port, TestingCertificate.CONTEXT));
        sluice.cluster("app").fault(Faults.garble(1));
        assertThrows(SSLException.class, () -> TestingHttp.get(port, TestingCertificate.CONTEXT));
    }
}
