package dev.sluice.runtime.tls.jdk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Handshake.Step;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.tls.TrafficRecords;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Handshakes of both roles, each with an engine of the JDK at the other end. */
class JdkHandshakeTest {
    private static SSLContext serverContext;
    private static SSLContext clientContext;

    private final TestingBuffers buffers = new TestingBuffers(128 * 1024);
    private final LoopCiphers ciphers = new LoopCiphers();
    private final ByteBuffer scratch = ByteBuffer.allocate(64 * 1024);

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        serverContext = new TestingAuthority(directory, "authority").server("server", "dns:a.example", "-validity",
                "10");
        clientContext = SSLContext.getInstance("TLS");
        clientContext.init(null, new TrustManager[]{new TestingTrust()}, null);
    }

    @AfterEach
    void giveBack() {
        buffers.close();
    }

    /** Trusts everybody. */
    private static final class TestingTrust extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type,
                java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type,
                java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
            return new java.security.cert.X509Certificate[0];
        }
    }

    private static SSLEngine engine(SSLContext context, boolean client, String... versions) {
        SSLEngine engine = context.createSSLEngine("a.example", 443);
        engine.setUseClientMode(client);
        if (versions.length > 0) {
            engine.setEnabledProtocols(versions);
        }
        return engine;
    }

    private static @Nullable EngineSecrets secrets() {
        EngineSecrets found = EngineSecrets.find();
        assertNotNull(found, "tests open the package of the engine");
        return found;
    }

    /** Everything that an engine has to say. */
    private byte[] spoken(SSLEngine other) throws SSLException {
        speak(other);
        byte[] spoken = Arrays.copyOf(scratch.array(), scratch.position());
        scratch.clear();
        return spoken;
    }

    private void speak(SSLEngine other) throws SSLException {
        while (other.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP && !other.isOutboundDone()) {
            other.wrap(ByteBuffer.allocate(0), scratch);
            tasks(other);
        }
    }

    private static void tasks(SSLEngine other) {
        for (Runnable task = other.getDelegatedTask(); task != null; task = other.getDelegatedTask()) {
            task.run();
        }
    }

    /** Gives bytes to an engine, which may speak meanwhile. @return the data in them */
    private String heard(SSLEngine other, byte[] bytes) throws SSLException {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        ByteBuffer data = ByteBuffer.allocate(64 * 1024);
        while (from.hasRemaining() && !other.isInboundDone()) {
            other.unwrap(from, data);
            tasks(other);
            speak(other);
        }
        return new String(data.array(), 0, data.position(), StandardCharsets.US_ASCII);
    }

    /** Runs one to its end. @return the last bytes that it wants to send */
    private byte[] shake(Handshake handshake, SSLEngine other, boolean server) throws Exception {
        Buffer out = buffers.empty();
        Step step = server ? Step.MORE : handshake.start(out);
        byte[] missing = new byte[0];
        if (server) {
            other.beginHandshake();
        }
        for (int round = 0; round < 20; round++) {
            while (step == Step.WORK) {
                handshake.work();
                step = handshake.proceed(out);
            }
            if (step == Step.DONE) {
                return TestingBuffers.content(out);
            }
            heard(other, TestingBuffers.content(out));
            out.clear();
            byte[] spoken = spoken(other);
            Buffer in = buffers.empty();
            in.append(missing, 0, missing.length);
            in.append(spoken, 0, spoken.length);
            int at = 0;
            while (step == Step.MORE && Records.length(in, at) > 0) {
                int length = Records.length(in, at);
                step = handshake.receive(in, at, length, out);
                at += length;
                while (step == Step.WORK) {
                    handshake.work();
                    step = handshake.proceed(out);
                }
            }
            missing = Arrays.copyOfRange(TestingBuffers.content(in), at, in.content());
        }
        throw new AssertionError("a handshake without end: " + step + ", " + other.getHandshakeStatus());
    }

    private byte[] sealed(Records records, String text) throws TlsException {
        Buffer target = buffers.empty();
        records.seal(ciphers, buffers.of(text), target);
        return TestingBuffers.content(target);
    }

    private String opened(Records records, byte[] bytes) throws TlsException {
        Buffer buffer = buffers.empty();
        buffer.append(bytes, 0, bytes.length);
        int end = records.open(ciphers, buffer, 0);
        return new String(TestingBuffers.content(buffer), 0, end, StandardCharsets.US_ASCII);
    }

    private byte[] written(SSLEngine other, String text) throws SSLException {
        ByteBuffer data = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (data.hasRemaining()) {
            other.wrap(data, scratch);
        }
        return spoken(other);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, true, true", "TLSv1.3, true, false", "TLSv1.3, false, true", "TLSv1.3, false, false",
        "TLSv1.2, true, true", "TLSv1.2, false, true"})
    void bytesFlowBothWaysAfterIt(String version, boolean server, boolean drop) throws Exception {
        SSLEngine own = engine(server ? serverContext : clientContext, !server);
        SSLEngine other = engine(server ? clientContext : serverContext, server, version);
        JdkHandshake handshake = new JdkHandshake(own, ciphers, drop ? secrets() : null);
        byte[] last = shake(handshake, other, server);
        assertEquals(version, handshake.session().version());
        Records records = handshake.finish();
        assertEquals(drop && version.equals("TLSv1.3"), records instanceof TrafficRecords);
        heard(other, last);
        opened(records, spoken(other));
        for (int i = 0; i < 5; i++) {
            assertEquals("to the other " + i, heard(other, sealed(records, "to the other " + i)));
            assertEquals("from the other " + i, opened(records, written(other, "from the other " + i)));
        }
        String large = "x".repeat(40_000);
        assertEquals(large, heard(other, sealed(records, large)));
        assertEquals(large, opened(records, written(other, large)));
        Buffer end = buffers.empty();
        records.closeNotify(ciphers, end);
        heard(other, TestingBuffers.content(end));
        assertTrue(other.isInboundDone(), "close_notify was understood");
        other.closeOutbound();
        opened(records, spoken(other));
        assertTrue(records.closed());
        records.end();
    }

    @Test
    void theServersTicketsMayWait() throws Exception {
        SSLEngine other = engine(clientContext, true, "TLSv1.3");
        JdkHandshake handshake = new JdkHandshake(engine(serverContext, false), ciphers, secrets());
        byte[] last = shake(handshake, other, true);
        assertTrue(last.length > 0, "a server has tickets");
        assertEquals(last.length, handshake.deferrable());
        Records records = handshake.finish();
        assertEquals("hello", opened(records, written(other, "hello")), "the client does not wait for them");
        byte[] data = sealed(records, "world");
        byte[] both = Arrays.copyOf(last, last.length + data.length);
        System.arraycopy(data, 0, both, last.length, data.length);
        assertEquals("world", heard(other, both));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientsLastWordIsNotDeferred(String version) throws Exception {
        SSLEngine other = engine(serverContext, false, version);
        JdkHandshake handshake = new JdkHandshake(engine(clientContext, true), ciphers, secrets());
        byte[] last = shake(handshake, other, false);
        assertEquals(0, handshake.deferrable());
        assertEquals(version.equals("TLSv1.3"), last.length > 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void afterTheEndOfThePeerThereIsStillSomethingToSay(String version) throws Exception {
        SSLEngine other = engine(clientContext, true, version);
        JdkHandshake handshake = new JdkHandshake(engine(serverContext, false), ciphers, secrets());
        byte[] last = shake(handshake, other, true);
        Records records = handshake.finish();
        heard(other, last);
        other.closeOutbound();
        opened(records, spoken(other));
        assertTrue(records.closed());
        byte[] answer = sealed(records, "answer");
        assertEquals(23, answer[0]);
        assertEquals("answer", heard(other, answer));
    }

    @Test
    void whatIsNotTlsIsRefusedWithAnAlert() throws Exception {
        JdkHandshake handshake = new JdkHandshake(engine(serverContext, false), ciphers, secrets());
        Buffer in = buffers.empty();
        byte[] junk = {22, 3, 1, 0, 5, 1, 0, 0, 1, 9};
        in.append(junk, 0, junk.length);
        Buffer out = buffers.empty();
        TlsException refused = assertThrows(TlsException.class, () -> {
            Step step = handshake.receive(in, 0, junk.length, out);
            while (step == Step.WORK) {
                handshake.work();
                step = handshake.proceed(out);
            }
        });
        assertNotNull(refused.alert());
        handshake.fail(refused.alert(), out);
        byte[] alert = TestingBuffers.content(out);
        assertEquals(21, alert[0], () -> refused.getMessage());
        assertEquals(2, alert[5]);
        assertEquals(refused.alert().code(), alert[6]);
        handshake.abandon();
    }

    @Test
    void noSharedVersionIsNamed() throws Exception {
        SSLEngine other = engine(clientContext, true, "TLSv1.2");
        JdkHandshake handshake = new JdkHandshake(engine(serverContext, false, "TLSv1.3"), ciphers, secrets());
        TlsException refused = assertThrows(TlsException.class, () -> shake(handshake, other, true));
        assertEquals(Alert.PROTOCOL_VERSION, refused.alert(), refused.getMessage());
        Buffer out = buffers.empty();
        handshake.fail(Alert.PROTOCOL_VERSION, out);
        SSLException received = assertThrows(SSLException.class, () -> heard(other, TestingBuffers.content(out)));
        assertTrue(String.valueOf(received.getMessage()).endsWith("Received fatal alert: protocol_version"),
                received::getMessage);
    }

    @Test
    void theAlertOfThePeerIsNamedAndGetsNone() throws Exception {
        JdkHandshake handshake = new JdkHandshake(engine(serverContext, false), ciphers, secrets());
        Buffer in = buffers.empty();
        byte[] alert = {21, 3, 3, 0, 2, 2, 48};
        in.append(alert, 0, alert.length);
        TlsException received = assertThrows(TlsException.class,
                () -> handshake.receive(in, 0, alert.length, buffers.empty()));
        assertEquals("the peer sent alert unknown_ca", received.getMessage());
        assertInstanceOf(TlsException.class, received);
        assertEquals(null, received.alert());
    }

    @Test
    void theOtherSideSeesTheSameBytesWhateverTheSuite() throws Exception {
        for (String suite : new String[]{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256"}) {
            SSLEngine other = engine(clientContext, true, "TLSv1.3");
            other.setEnabledCipherSuites(new String[]{suite});
            JdkHandshake handshake = new JdkHandshake(engine(serverContext, false), ciphers, secrets());
            byte[] last = shake(handshake, other, true);
            assertEquals(suite, handshake.session().suite());
            Records records = handshake.finish();
            heard(other, last);
            assertArrayEquals("abc".getBytes(StandardCharsets.US_ASCII),
                    heard(other, sealed(records, "abc")).getBytes(StandardCharsets.US_ASCII));
            assertEquals("def", opened(records, written(other, "def")));
        }
    }
}
