package dev.sluice.filters.sniff;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** First flights of a real client of TLS, the JDK's. */
final class JdkHellos {
    private JdkHellos() {}

    /**
     * The first bytes that it sends.
     *
     * @param name empty = none
     * @param alpn empty = none
     */
    static byte[] hello(String name, List<String> alpn, String... versions) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            if (!name.isEmpty()) {
                parameters.setServerNames(List.of(new SNIHostName(name)));
            }
            parameters.setApplicationProtocols(alpn.toArray(new String[0]));
            parameters.setProtocols(versions);
            engine.setSSLParameters(parameters);
            ByteBuffer target = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.beginHandshake();
            engine.wrap(ByteBuffer.allocate(0), target);
            return Arrays.copyOf(target.array(), target.position());
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException(e);
        }
    }
}
