package dev.sluice.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.tls.TestingPki.Issued;
import org.jspecify.annotations.Nullable;

/**
 * A client that shows a certificate whatever authorities the server names, and resumes its sessions. Trusts every server.
 */
final class TestingMtlsClient {
    private final SSLContext context;
    /** The time at which the last session was made: the same after a session that goes on. */
    private long sessionMade;

    /** @param shown null = it shows none */
    TestingMtlsClient(@Nullable Issued shown) throws GeneralSecurityException {
        context = SSLContext.getInstance("TLS");
        context.init(shown == null ? null : new KeyManager[]{new Always(shown)}, new TrustManager[]{new Trust()}, null);
    }

    /** Connects, and sends a text that is echoed. @return what came back; empty = the end, or a reset, and no alert */
    String talk(SocketAddress address, String version) throws IOException {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1",
                ((InetSocketAddress) address).getPort())) {
            socket.setEnabledProtocols(new String[]{version});
            socket.setSoTimeout((int) Await.PATIENCE.toMillis());
            socket.startHandshake();
            socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
            sessionMade = socket.getSession().getCreationTime();
            return answer;
        }
    }

    /** The alert that it gets instead, as the JDK words it. */
    String refusal(SocketAddress address, String version) {
        try {
            return "no refusal but: " + talk(address, version);
        } catch (SSLException e) {
            return String.valueOf(e.getMessage());
        } catch (IOException e) {
            // In TLS 1.3 a client may write before the alert has come, and then its write may fail.
            return "no alert: " + e;
        }
    }

    long sessionMade() {
        return sessionMade;
    }

    /** Keys of the certificate, whatever is asked for. */
    private static final class Always extends X509ExtendedKeyManager {
        private final Issued shown;

        Always(Issued shown) {
            this.shown = shown;
        }

        @Override
        public String chooseEngineClientAlias(String[] kinds, Principal @Nullable [] issuers, SSLEngine engine) {
            return "always";
        }

        @Override
        public String chooseClientAlias(String[] kinds, Principal @Nullable [] issuers, Socket socket) {
            return "always";
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return shown.chain().toArray(new X509Certificate[0]);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return shown.key();
        }

        @Override
        public String @Nullable [] getClientAliases(String kind, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String kind, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(String kind, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }
    }

    /** Trust in every server. */
    private static final class Trust extends X509ExtendedTrustManager {
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
}
