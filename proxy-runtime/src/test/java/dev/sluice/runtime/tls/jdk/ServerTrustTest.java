package dev.sluice.runtime.tls.jdk;

import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import dev.sluice.runtime.tls.TlsException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Refusals of servers' certificates, in the words that an operator gets. */
class ServerTrustTest {
    private static final int MOST_STEPS = 20;
    private static final char[] PASSWORD = "password".toCharArray();

    private static TestingPki root;

    @BeforeAll
    static void makeAuthority() throws Exception {
        root = TestingPki.root("root");
    }

    private static SSLEngine server(Issued shown) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", shown.key(), PASSWORD, shown.chain().toArray(new X509Certificate[0]));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return engine;
    }

    private static SSLEngine client() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[]{ServerTrust.in(List.of(root.certificate()))}, null);
        SSLEngine engine = context.createSSLEngine("other.internal", 443);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    /** The failure of the client in a handshake with a server that shows a certificate. */
    private static TlsException failure(Issued shown) throws Exception {
        SSLEngine client = client();
        SSLEngine server = server(shown);
        ByteBuffer toServer = ByteBuffer.allocate(100_000);
        ByteBuffer toClient = ByteBuffer.allocate(100_000);
        try {
            client.beginHandshake();
            for (int i = 0; i < MOST_STEPS; i++) {
                step(client, toClient, toServer);
                step(server, toServer, toClient);
            }
        } catch (SSLException e) {
            return EngineFailure.of(e);
        }
        throw new AssertionError("accepted");
    }

    /** Reads and writes what an engine can now. */
    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        in.flip();
        engine.unwrap(in, ByteBuffer.allocate(40_000));
        in.compact();
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        engine.wrap(ByteBuffer.allocate(0), out);
    }

    private static void assertRefused(String message, Content content) throws Exception {
        TlsException failure = failure(root.issue(content));
        assertEquals(message, failure.getMessage());
        assertEquals(Alert.CERTIFICATE_UNKNOWN, failure.alert());
    }

    private static Content content() {
        return new Content("CN=db").names("DNS:other.internal");
    }

    @Test
    void whatIsOutOfDateIsNamedWithItsTime() throws Exception {
        Instant past = Instant.ofEpochSecond(Instant.now().getEpochSecond() - 60);
        assertRefused("expired: the certificate 'CN=db' has expired (not after " + past + ")", content().until(past));
        Instant later = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 600);
        assertRefused("not-yet-valid: the certificate 'CN=db' is not valid yet (not before " + later + ")",
                content().from(later));
    }

    @Test
    void anAuthorityThatIsNotKnownIsNamed() throws Exception {
        TestingPki other = TestingPki.root("other");
        assertEquals("unknown-ca: no known authority has signed the certificate 'CN=db'; it is by 'CN=other'",
                failure(other.issue(content())).getMessage());
    }

    @Test
    void theNamesThatACertificateHasAreListed() throws Exception {
        assertRefused(
                "name-mismatch: No subject alternative DNS name matching other.internal found; the certificate is for"
                        + " a.internal, *.b.internal",
                new Content("CN=db").names("DNS:a.internal", "DNS:*.b.internal"));
    }
}
