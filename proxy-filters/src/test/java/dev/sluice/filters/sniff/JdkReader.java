package dev.sluice.filters.sniff;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.StandardConstants;

import org.jspecify.annotations.Nullable;

/** A server of TLS that knows nothing of ours, the JDK's, as a reader of server names. */
final class JdkReader {
    private static final int MOST_STEPS = 10_000;

    private final SSLContext context;

    JdkReader() {
        try {
            context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the name that the client asks for, as it is sent; null if this server refuses earlier, or there is none} */
    @Nullable
    String name(byte[] flight) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        Listener listener = new Listener();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setSNIMatchers(List.of(listener));
        engine.setSSLParameters(parameters);
        ByteBuffer in = ByteBuffer.wrap(flight);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        try {
            engine.beginHandshake();
            for (int i = 0; i < MOST_STEPS && listener.name == null; i++) {
                SSLEngineResult.HandshakeStatus status = engine.unwrap(in, out).getHandshakeStatus();
                Runnable task = engine.getDelegatedTask();
                if (task != null) {
                    task.run();
                } else if (status != SSLEngineResult.HandshakeStatus.NEED_UNWRAP || !in.hasRemaining()) {
                    break;
                }
            }
        } catch (SSLException e) {
            // It has no certificate; the name comes before that matters.
            return listener.name;
        }
        return listener.name;
    }

    private static final class Listener extends SNIMatcher {
        private @Nullable String name;

        Listener() {
            super(StandardConstants.SNI_HOST_NAME);
        }

        @Override
        public boolean matches(SNIServerName serverName) {
            name = new String(serverName.getEncoded(), StandardCharsets.ISO_8859_1);
            return true;
        }
    }
}
