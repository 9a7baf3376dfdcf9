package dev.sluice.examples.faults;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

import com.sun.net.httpserver.HttpServer;
import dev.sluice.api.fault.Faults;
import dev.sluice.junit.Endpoint;
import dev.sluice.junit.Sluice;
import dev.sluice.junit.SluiceProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** An HTTP client behind two seconds of latency: a time-out of half a second is too short, one of ten is not. */
@SluiceProxy(yaml = """
        listeners: [ { name: http, listen: "127.0.0.1:80", cluster: app } ]
        clusters: [ { name: app, endpoints: [ { address: "app.internal.example:80" } ] } ]
        """)
class SlowServerTest {
    @Endpoint("app")
    private static final HttpServer SERVER = TestingHttp.start("hello");

    @AfterAll
    static void stop() {
        SERVER.stop(0);
    }

    @Test
    void latencyDecidesWhoIsPatientEnough(Sluice sluice) throws Exception {
        sluice.cluster("app").fault(Faults.latency(Duration.ofSeconds(2)));
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + sluice.address("http").getPort()));
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThrows(HttpTimeoutException.class,
                    () -> client.send(request.timeout(Duration.ofMillis(500)).build(), BodyHandlers.ofString()));
            long before = System.nanoTime();
            assertEquals("hello",
                    client.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString()).body());
            assertTrue(System.nanoTime() - before >= Duration.ofMillis(1_995).toNanos());
        }
    }
}
