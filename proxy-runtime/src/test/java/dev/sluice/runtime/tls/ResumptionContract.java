package dev.sluice.runtime.tls;

import java.lang.reflect.Field;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSessionContext;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import dev.sluice.runtime.tls.jdk.JdkServer;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The contract of sessions that go on, which each engine has to keep; the client is an engine of the JDK. A client whose session goes on still sees
 * the certificate of the handshake in which it was made: whether it does is seen by that.
 */
public abstract class ResumptionContract {
    private static final List<String> BOTH = List.of("TLSv1.3", "TLSv1.2");

    private final LoopCiphers ciphers = new LoopCiphers();
    private TestingPki pki;
    private SSLContext client;

    /** A listener's server. */
    protected abstract TlsServer server(String listener, Identities identities, ServerSettings settings,
            @Nullable ClientTrust trust);

    /** Serves certificates at a listener, from now on. */
    protected abstract void serve(String listener, Identities identities, @Nullable ClientTrust trust);

    @BeforeEach
    void makeAuthority() throws Exception {
        pki = TestingPki.root("authority");
        client = TestingEngine.trusting();
    }

    /** A certificate with a key of its own. */
    protected final Identity identity(String... names) throws Exception {
        Issued issued = pki.issue(new Content("CN=" + names[0])
                .names(Stream.of(names).map(name -> "DNS:" + name).toArray(String[]::new)));
        return Identity.of(issued.chain(), issued.key());
    }

    /** A listener's server, which serves these certificates. */
    protected final TlsServer server(String listener, Identities identities, TicketRules tickets,
            @Nullable ClientTrust trust) {
        TlsServer made = server(listener, identities,
                new ServerSettings(BOTH, JdkServer.SUITES, List.of(), List.of(), false, tickets), trust);
        serve(listener, identities, trust);
        return made;
    }

    /** Makes a handshake, and takes its tickets. @return the serial number of the certificate that the client sees */
    protected final BigInteger seen(TlsServer server, String version, String name) throws Exception {
        moveSessions(name);
        // Sessions are kept by host and port.
        SSLEngine engine = client.createSSLEngine("server", 1);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[]{version});
        parameters.setServerNames(List.of(new SNIHostName(name)));
        engine.setSSLParameters(parameters);
        TestingEngine end = new TestingEngine(engine);
        Handshake handshake = server.newHandshake(ciphers);
        try (TestingBuffers buffers = new TestingBuffers(64 * 1024)) {
            byte[] last = end.shake(handshake, buffers);
            assertEquals(name, handshake.session().serverName());
            Records records = handshake.finish();
            end.heard(last);
            Buffer sealed = buffers.empty();
            records.seal(ciphers, buffers.of("hello"), sealed);
            assertEquals("hello", end.heard(TestingBuffers.content(sealed)));
            records.end();
        }
        return ((X509Certificate) engine.getSession().getPeerCertificates()[0]).getSerialNumber();
    }

    /** Lets the client offer its sessions for another name, which the JDK does not do by itself, but others do. */
    private void moveSessions(String name) throws Exception {
        Field names = Class.forName("sun.security.ssl.SSLSessionImpl").getDeclaredField("requestedServerNames");
        names.setAccessible(true);
        SSLSessionContext sessions = client.getClientSessionContext();
        for (byte[] id : Collections.list(sessions.getIds())) {
            names.set(sessions.getSession(id), List.of(new SNIHostName(name)));
        }
    }

    private @Nullable TlsServer serving;
    private @Nullable Identity shown;
    private @Nullable Identity served;

    /** Begins with a client's session at a listener. */
    protected final void first(TicketRules tickets) throws Exception {
        shown = identity("a.example");
        assertEquals(of(shown), seen(serverOf(shown, tickets), "TLSv1.3", "a.example"));
        renew(tickets);
    }

    /** A server with one certificate. */
    protected final TlsServer serverOf(Identity identity, TicketRules tickets) {
        TlsServer made = server("edge", new Identities(List.of(identity)), tickets, null);
        serving = made;
        return made;
    }

    /** Serves another certificate by other rules. */
    protected final void renew(TicketRules tickets) throws Exception {
        served = identity("a.example");
        serverOf(served, tickets);
    }

    /** Sees that the session goes on, which gives the client another ticket. */
    protected final void assertGoesOn(String why) throws Exception {
        assertEquals(of(Objects.requireNonNull(shown)), seen(Objects.requireNonNull(serving), "TLSv1.3", "a.example"),
                why);
    }

    /** Sees that it does not. */
    protected final void assertIsOver(String why) throws Exception {
        assertEquals(of(Objects.requireNonNull(served)), seen(Objects.requireNonNull(serving), "TLSv1.3", "a.example"),
                why);
    }

    /** The serial number of a certificate. */
    protected static BigInteger of(Identity identity) {
        return identity.certificate().getSerialNumber();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aTicketOutlivesTheCertificate(String version) throws Exception {
        Identity old = identity("a.example");
        Identity renewed = identity("a.example");
        TlsServer server = server("edge", new Identities(List.of(old)), TicketRules.DEFAULT, null);
        assertEquals(of(old), seen(server, version, "a.example"));
        server = server("edge", new Identities(List.of(renewed)), TicketRules.DEFAULT, null);
        assertEquals(of(old), seen(server, version, "a.example"), "the session goes on");
        assertEquals(of(old), seen(server, version, "a.example"), "and its ticket is from after the change");
        client = TestingEngine.trusting();
        assertEquals(of(renewed), seen(server, version, "a.example"), "other clients see the new one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aTicketOfANameThatIsNotTheFirstIsTaken(String version) throws Exception {
        Identity first = identity("a.example");
        Identity old = identity("b.example");
        TlsServer server = server("edge", new Identities(List.of(first, old)), TicketRules.DEFAULT, null);
        assertEquals(of(old), seen(server, version, "b.example"));
        server = server("edge", new Identities(List.of(first, identity("b.example"))), TicketRules.DEFAULT, null);
        assertEquals(of(old), seen(server, version, "b.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aTicketLeadsToNoNameOfAnotherCertificate(String version) throws Exception {
        Identity one = identity("a.example", "c.example");
        Identity other = identity("b.example");
        TlsServer server = server("edge", new Identities(List.of(one, other)), TicketRules.DEFAULT, null);
        assertEquals(of(one), seen(server, version, "a.example"));
        assertEquals(of(other), seen(server, version, "b.example"), "the client offers the session of a.example");
        assertEquals(of(one), seen(server, version, "a.example"), "the client offers the session of b.example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aTicketLeadsToNoOtherListener(String version) throws Exception {
        Identity other = identity("a.example");
        TlsServer one = server("one", new Identities(List.of(identity("a.example"))), TicketRules.DEFAULT, null);
        seen(one, version, "a.example");
        assertEquals(of(other), seen(server("other", new Identities(List.of(other)), TicketRules.DEFAULT, null),
                version, "a.example"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aTicketLeadsToNoOtherTrust(String version) throws Exception {
        Identity renewed = identity("a.example");
        ClientTrust trust = new ClientTrust(ClientTrust.Mode.REQUEST, List.of(pki.certificate()), List.of(), 3);
        TlsServer server = server("edge", new Identities(List.of(identity("a.example"))), TicketRules.DEFAULT, null);
        seen(server, version, "a.example");
        server = server("edge", new Identities(List.of(renewed)), TicketRules.DEFAULT, trust);
        assertEquals(of(renewed), seen(server, version, "a.example"), "clients are asked now");
        Identity later = identity("a.example");
        server = server("edge", new Identities(List.of(later)), TicketRules.DEFAULT,
                new ClientTrust(ClientTrust.Mode.REQUEST, List.of(pki.certificate()), List.of(), 2));
        assertEquals(of(later), seen(server, version, "a.example"), "another depth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void withoutTicketsEachHandshakeIsAFullOne(String version) throws Exception {
        Identity renewed = identity("a.example");
        TlsServer server = server("edge", new Identities(List.of(identity("a.example"))), TicketRules.OFF, null);
        seen(server, version, "a.example");
        server = server("edge", new Identities(List.of(renewed)), TicketRules.OFF, null);
        assertEquals(of(renewed), seen(server, version, "a.example"));
    }
}
