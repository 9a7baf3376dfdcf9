package dev.sluice.runtime.tls;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.Handshake.Step;

/** The other end of a handshake: an engine of the JDK, without sockets. */
public final class TestingEngine {
    private static final int ROOM = 64 * 1024;

    private final SSLEngine engine;
    private final ByteBuffer scratch = ByteBuffer.allocate(ROOM);

    public TestingEngine(SSLEngine engine) {
        this.engine = engine;
    }

    /** Trusts everybody. */
    private static final class TestingTrust extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** A context of clients that trust every certificate. */
    public static SSLContext trusting() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[]{new TestingTrust()}, null);
        return context;
    }

    /** The engine of one end, which asks for {@code a.example}. */
    public static SSLEngine engine(SSLContext context, boolean client, String... versions) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        if (client) {
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName("a.example")));
            engine.setSSLParameters(parameters);
        }
        if (versions.length > 0) {
            engine.setEnabledProtocols(versions);
        }
        return engine;
    }

    public SSLEngine engine() {
        return engine;
    }

    /** Everything that it has to say. */
    public byte[] spoken() throws SSLException {
        speak();
        byte[] spoken = Arrays.copyOf(scratch.array(), scratch.position());
        scratch.clear();
        return spoken;
    }

    private void speak() throws SSLException {
        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && !engine.isOutboundDone()) {
            engine.wrap(ByteBuffer.allocate(0), scratch);
            tasks();
        }
    }

    private void tasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Takes bytes, and may speak meanwhile. @return the data in them */
    public String heard(byte[] bytes) throws SSLException {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        ByteBuffer data = ByteBuffer.allocate(ROOM);
        while (from.hasRemaining() && !engine.isInboundDone()) {
            engine.unwrap(from, data);
            tasks();
            speak();
        }
        return new String(data.array(), 0, data.position(), StandardCharsets.US_ASCII);
    }

    /** The records with a text. */
    public byte[] written(String text) throws SSLException {
        ByteBuffer data = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (data.hasRemaining()) {
            engine.wrap(data, scratch);
        }
        return spoken();
    }

    /** Runs a handshake with it to its end. @return the last bytes that the handshake wants to send */
    public byte[] shake(Handshake handshake, TestingBuffers buffers) throws Exception {
        Buffer out = buffers.empty();
        Step step;
        if (engine.getUseClientMode()) {
            engine.beginHandshake();
            step = Step.MORE;
        } else {
            step = settled(handshake, handshake.start(out), out);
        }
        byte[] missing = new byte[0];
        for (int round = 0; round < 20; round++) {
            if (step == Step.DONE) {
                return TestingBuffers.content(out);
            }
            heard(TestingBuffers.content(out));
            out.clear();
            byte[] spoken = spoken();
            Buffer in = buffers.empty();
            in.append(missing, 0, missing.length);
            in.append(spoken, 0, spoken.length);
            int at = 0;
            while (step == Step.MORE && Records.length(in, at) > 0) {
                int length = Records.length(in, at);
                step = settled(handshake, handshake.receive(in, at, length, out), out);
                at += length;
            }
            missing = Arrays.copyOfRange(TestingBuffers.content(in), at, in.content());
        }
        throw new AssertionError("a handshake without end: " + step + ", " + engine.getHandshakeStatus());
    }

    /** Does the work of a handshake. */
    public static Step settled(Handshake handshake, Step first, Buffer out) throws TlsException {
        Step step = first;
        while (step == Step.WORK) {
            handshake.work();
            step = handshake.proceed(out);
        }
        return step;
    }
}
