package dev.sluice.runtime.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** An HTTP client that sends exactly what it is told, over TCP or a Unix socket, one request per connection. */
final class TestingHttp {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** An answer. Names of headers are lower case. */
    record Response(int status, Map<String, String> headers, String body) {
        JsonNode json() {
            return MAPPER.readTree(body);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    private TestingHttp() {}

    static Response get(SocketAddress address, String path) throws IOException {
        return send(address, "GET", path, "Host: localhost");
    }

    static Response post(SocketAddress address, String path) throws IOException {
        return send(address, "POST", path, "Host: localhost", "Content-Length: 0");
    }

    static Response send(SocketAddress address, String method, String path, String... headers) throws IOException {
        return raw(
                address,
                method + " " + path + " HTTP/1.1\r\nConnection: close\r\n" + String.join("\r\n", headers) + "\r\n\r\n");
    }

    /** Sends the text, reads until the server closes. */
    static Response raw(SocketAddress address, String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            write(channel, request);
            return parse(readAll(channel));
        }
    }

    static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    static String readAll(SocketChannel channel) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (channel.read(buffer.clear()) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    static Response parse(String text) {
        int end = text.indexOf("\r\n\r\n");
        assertTrue(end > 0, "no HTTP answer: \"" + text + "\"");
        String[] lines = text.substring(0, end).split("\r\n", -1);
        assertTrue(lines[0].startsWith("HTTP/1.1 "), lines[0]);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 1).trim());
        }
        return new Response(Integer.parseInt(lines[0].substring(9, 12)), headers, text.substring(end + 4));
    }
}
