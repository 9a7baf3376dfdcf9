package dev.sluice.runtime.relay;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/** Endpoints whose first answer behind the handshake is larger than a read buffer, and comes at once. */
@Timeout(60)
class UpstreamTlsBurstTest {
    private static final int ANSWER = 200_000;
    /** Which parts of an answer one read brings is up to the kernel. */
    private static final int TRIES = 8;

    private static Path authorityFile;
    private static SSLContext server;

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        authorityFile = authority.pem("ca");
        server = authority.server("endpoint", "dns:db.internal");
    }

    /** A socket whose output is held back, and then written in one call. */
    private static final class Corked extends Socket {
        private final Socket socket;
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();
        private boolean corked;

        Corked(Socket socket) {
            this.socket = socket;
        }

        synchronized void cork() {
            corked = true;
        }

        synchronized void uncork() throws IOException {
            corked = false;
            socket.getOutputStream().write(held.toByteArray());
            held.reset();
        }

        private synchronized void write(byte[] bytes, int at, int length) throws IOException {
            if (corked) {
                held.write(bytes, at, length);
            } else {
                socket.getOutputStream().write(bytes, at, length);
            }
        }

        @Override
        public OutputStream getOutputStream() {
            return new OutputStream() {
                @Override
                public void write(int value) throws IOException {
                    write(new byte[]{(byte) value}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int at, int length) throws IOException {
                    Corked.this.write(bytes, at, length);
                }
            };
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return socket.getInputStream();
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public InetAddress getInetAddress() {
            return socket.getInetAddress();
        }

        @Override
        public int getPort() {
            return socket.getPort();
        }

        @Override
        public InetAddress getLocalAddress() {
            return socket.getLocalAddress();
        }

        @Override
        public int getLocalPort() {
            return socket.getLocalPort();
        }

        @Override
        public int getSoTimeout() throws SocketException {
            return socket.getSoTimeout();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            // Options that were set on this one have opened a descriptor.
            super.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3,true", "TLSv1.3,false", "TLSv1.2,true"})
    void itsFirstAnswerArrives(String version, boolean resumption) throws Exception {
        byte[] answer = new byte[ANSWER];
        new Random(7).nextBytes(answer);
        TestingUpstream.Script script = socket -> {
            Corked corked = new Corked(socket);
            try (SSLSocket tls = (SSLSocket) server.getSocketFactory().createSocket(corked, null, socket.getPort(),
                    true)) {
                tls.setUseClientMode(false);
                tls.setEnabledProtocols(new String[]{version});
                tls.getInputStream().read();
                corked.cork();
                tls.getOutputStream().write(answer);
                tls.getOutputStream().flush();
                corked.uncork();
                tls.getInputStream().read();
            }
        };
        try (TestingUpstream upstream = TestingUpstream.start(script);
                TestingProxy proxy = TestingProxy.builder()
                        .cluster("tls: { serverName: db.internal, ca: " + authorityFile
                                + ", resumption: " + resumption + " }")
                        .endpoint(upstream).start()) {
            for (int i = 0; i < TRIES; i++) {
                try (TestingClient client = proxy.connect()) {
                    client.send("?");
                    assertArrayEquals(answer, client.read(ANSWER));
                }
            }
            proxy.awaitIdle();
        }
    }
}
