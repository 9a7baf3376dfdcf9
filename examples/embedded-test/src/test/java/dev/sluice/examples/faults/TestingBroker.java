package dev.sluice.examples.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The way of Kafka, MongoDB and Redis Cluster in three lines: a client asks any broker for the address of the one that has
 * its data, the <em>advertised</em> address, and goes there by itself.
 */
final class TestingBroker implements AutoCloseable {
    private final TestingServer server;
    private volatile int advertised;

    private TestingBroker() {
        server = TestingServer.start((in, out) -> {
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.writeBytes((line.equals("METADATA") ? "127.0.0.1:" + advertised : "record") + "\n");
            }
        });
        advertised = server.port();
    }

    /** A broker that advertises its own address. */
    static TestingBroker start() {
        return new TestingBroker();
    }

    /** In Kafka: {@code advertised.listeners}. */
    void advertise(int port) {
        advertised = port;
    }

    public int port() {
        return server.port();
    }

    /** The first question of a client, to any broker: where its data is. */
    static int metadata(int bootstrap) throws IOException {
        String address = ask(bootstrap, "METADATA");
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    /** The second question, to the address of the answer. */
    static String fetch(int leader) throws IOException {
        return ask(leader, "FETCH");
    }

    private static String ask(int port, String question) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.getOutputStream().write((question + "\n").getBytes(StandardCharsets.US_ASCII));
            String answer = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            if (answer == null) {
                throw new IOException("the connection ended before the answer");
            }
            return answer;
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
