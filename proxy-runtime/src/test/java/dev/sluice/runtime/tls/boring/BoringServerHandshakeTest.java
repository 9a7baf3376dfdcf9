package dev.sluice.runtime.tls.boring;

import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Handshake.Step;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.ServerHandshakeContract;
import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.TestingEngine;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TlsServer;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The contract, kept by BoringSSL. */
class BoringServerHandshakeTest extends ServerHandshakeContract {
    private final BoringTls tls = new BoringTls(null);
    private int count;

    @BeforeEach
    void theLibraryIsThere() {
        assertNull(BoringLibrary.problem());
    }

    @Override
    protected TlsServer server(Identities identities, ServerSettings settings) {
        return server("edge " + ++count, identities, settings);
    }

    private TlsServer server(String listener, Identities identities, List<String> versions, List<String> protocols,
            boolean rejectsUnknown) {
        return server(listener, identities, settings(versions, protocols, rejectsUnknown));
    }

    private TlsServer server(String listener, Identities identities, ServerSettings settings) {
        assertNull(tls.prepare(listener, identities));
        return tls.server(listener, settings, null);
    }

    private Handshake handshake(Identity identity) {
        return server(new Identities(List.of(identity)), settings(BOTH, List.of(), false)).newHandshake(ciphers());
    }

    /** Its signature takes milliseconds, so that a worker makes it. */
    @Test
    void aLongRsaKeyIsWork(@TempDir Path directory) throws Exception {
        Identity slow = identity(
                new TestingAuthority(directory, "slow").certificate("slow", "dns:a.example", "RSA3072"));
        for (String version : BOTH) {
            Handshake handshake = handshake(slow);
            TestingEngine client = client(version);
            client.engine().beginHandshake();
            byte[] hello = client.spoken();
            Buffer in = buffers().empty();
            in.append(hello, 0, hello.length);
            Buffer out = buffers().empty();
            assertEquals(Step.WORK, handshake.receive(in, 0, hello.length, out));
            Thread.ofVirtual().start(handshake::work).join();
            assertEquals(Step.MORE, handshake.proceed(out));
            assertTrue(out.content() > 0, "the server's answer");
            handshake.abandon();
            TestingEngine other = client(version);
            Handshake whole = handshake(slow);
            other.heard(other.shake(whole, buffers()));
            assertEquals("RSA", other.engine().getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm());
            whole.finish().end();
        }
    }

    /** Its chain is checked in Java, which takes as long as some signatures. */
    @Test
    void theCertificateOfAClientIsWork() throws Exception {
        ClientTrust trust = new ClientTrust(ClientTrust.Mode.REQUEST,
                List.of(TestingPki.root("clients").certificate()), List.of(), 3);
        assertNull(tls.prepare("edge", new Identities(List.of(ofA()))));
        Handshake handshake = tls.server("edge", settings(BOTH, List.of(), false), trust).newHandshake(ciphers());
        TestingEngine client = client("TLSv1.3");
        client.engine().beginHandshake();
        byte[] hello = client.spoken();
        Buffer in = buffers().empty();
        in.append(hello, 0, hello.length);
        Buffer out = buffers().empty();
        assertEquals(Step.MORE, handshake.receive(in, 0, hello.length, out), "a hello has none");
        client.heard(TestingBuffers.content(out));
        byte[] answer = client.spoken();
        in.clear();
        in.append(answer, 0, answer.length);
        assertEquals(Step.WORK, handshake.receive(in, 0, Records.length(in, 0), out));
        handshake.abandon();
    }

    @Test
    void aKeyOfAnotherKindThanItsCertificateIsRefused() throws Exception {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(256);
        Identity wrong = Identity.of(ofA().chain(), keys.generateKeyPair().getPrivate());
        String refusal = tls.prepare("edge", new Identities(List.of(wrong)));
        assertTrue(String.valueOf(refusal).startsWith("BoringSSL does not take Identity[[a.example], EC]"),
                () -> String.valueOf(refusal));
        assertEquals(refusal, BoringTls.refusal(wrong));
        assertNull(BoringTls.refusal(ofA()));
    }

    @Test
    void certificatesAreServedOnceTheyAreToBe() throws Exception {
        Identities before = new Identities(List.of(ofA()));
        TlsServer server = server("edge", before, BOTH, List.of(), false);
        Identities after = new Identities(List.of(ofB(), ofA()));
        assertNull(tls.prepare("edge", after));
        assertEquals(before.fingerprints(), server.identities().fingerprints());
        tls.serve("edge", after);
        assertEquals(after.fingerprints(), server.identities().fingerprints());
        tls.serve("edge", before);
        assertThrows(IllegalStateException.class, () -> tls.server("edge", settings(BOTH, List.of(), false), null),
                "certificates that are not prepared are those of another engine");
    }

    @Test
    void settingsThatComeBackFindTheirContext() {
        Identities identities = new Identities(List.of(ofA()));
        TlsServer one = server("edge", identities, BOTH, List.of("h2"), false);
        TlsServer other = server("edge", identities, BOTH, List.of(), false);
        assertEquals(one, server("edge", identities, BOTH, List.of("h2"), false));
        assertNotEquals(one, server("other", identities, BOTH, List.of("h2"), false));
        assertNotEquals(one, other);
    }

    @Test
    void aKeyOfAnotherCertificateIsNotTaken() throws Exception {
        assertNull(BoringLibrary.problem());
        TestingPki pki = TestingPki.root("authority");
        TestingPki.Issued one = pki.issue(new TestingPki.Content("CN=a"));
        TestingPki.Issued other = pki.issue(new TestingPki.Content("CN=a"));
        assertTrue(BoringTls.takes(one.chain(), one.key()));
        assertFalse(BoringTls.takes(one.chain(), other.key()));
    }

    /** Memory of the library that is shared: it is freed when no object of Java leads to it, however often certificates change. */
    @Test
    void nothingIsLeftOfWhatServesNoMore() throws Exception {
        System.gc();
        NativeOwner.freeLost();
        int before = NativeOwner.count();
        Identities identities = new Identities(List.of(ofA()));
        TlsServer kept = server("edge", identities, BOTH, List.of(), false);
        Records open = established(kept);
        for (int i = 0; i < 20; i++) {
            server("edge " + i, identities, BOTH, List.of("h2"), false).newHandshake(ciphers())
                    .abandon();
        }
        tls.retain(Set.of("edge"));
        Await.until("only what is in service", () -> {
            System.gc();
            NativeOwner.freeLost();
            return NativeOwner.count() <= before + 2;
        });
        open.end();
        assertEquals(identities.fingerprints(), kept.identities().fingerprints());
    }

    private Records established(TlsServer server) throws Exception {
        TestingEngine client = client("TLSv1.2");
        Handshake handshake = server.newHandshake(ciphers());
        client.shake(handshake, buffers());
        return handshake.finish();
    }
}
