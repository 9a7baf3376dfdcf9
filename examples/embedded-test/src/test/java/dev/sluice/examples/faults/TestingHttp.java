package dev.sluice.examples.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

/** Servers for HTTP that answer each request with the same text, and a client for HTTPS. */
final class TestingHttp {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);

    private TestingHttp() {}

    static HttpServer start(String text) {
        try {
            return answering(text, HttpServer.create(ANY_PORT, 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static HttpServer start(String text, SSLContext certificate) {
        try {
            HttpsServer server = HttpsServer.create(ANY_PORT, 0);
            server.setHttpsConfigurator(new HttpsConfigurator(certificate));
            return answering(text, server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks a server or a proxy for what is at {@code https://127.0.0.1:PORT/}. */
    static String get(int port, SSLContext trusted) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusted).build()) {
            return client.send(HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    private static HttpServer answering(String text, HttpServer server) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        return server;
    }
}
