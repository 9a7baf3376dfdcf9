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
            return flight(client(name, alpn, versions));
        } catch (SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client that has not sent anything; as {@link #hello}. */
    static SSLEngine client(String name, List<String> alpn, String... versions) {
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
            return engine;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return what a client sends now, and then waits} */
    static byte[] flight(SSLEngine client) throws SSLException {
        ByteBuffer target = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), target);
        return Arrays.copyOf(target.array(), target.position());
    }
}
