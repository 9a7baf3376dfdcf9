package dev.sluice.runtime.tls;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.jdk.JdkServer;
import dev.sluice.runtime.tls.pem.PemFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The certificates, clients and buffers of tests of a server's handshakes. */
abstract class HandshakeFixture {
    /** The versions that a server speaks by default. */
    protected static final List<String> BOTH = List.of("TLSv1.3", "TLSv1.2");

    static Identity ofA;
    static Identity rsaOfA;
    static Identity ofB;
    static SSLContext clients;

    final TestingBuffers buffers = new TestingBuffers(128 * 1024);
    final LoopCiphers ciphers = new LoopCiphers();

    /** A server of the engine that is tested. */
    protected abstract TlsServer server(Identities identities, ServerSettings settings);

    TlsServer server(Identities identities, List<String> versions, List<String> protocols,
            boolean rejectsUnknown) {
        return server(identities, settings(versions, protocols, rejectsUnknown));
    }

    /** Settings of a server. */
    protected static ServerSettings settings(List<String> versions, List<String> protocols, boolean rejectsUnknown) {
        return new ServerSettings(versions, JdkServer.SUITES, List.of(), protocols, rejectsUnknown,
                TicketRules.DEFAULT);
    }

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        TestingAuthority authority = new TestingAuthority(directory, "authority");
        ofA = identity(authority.certificate("a", "dns:a.example"));
        rsaOfA = identity(authority.certificate("rsa-a", "dns:a.example", "RSA"));
        ofB = identity(authority.certificate("b", "dns:*.b.example"));
        clients = TestingEngine.trusting();
    }

    @AfterEach
    void giveBack() {
        buffers.close();
    }

    /** What is in the files of an authority. */
    protected static Identity identity(Path certificate) throws Exception {
        return Identity.of(PemFile.read(certificate).certificates(),
                PemFile.read(Path.of(certificate.toString().replace(".pem", ".key"))).key());
    }

    Handshake handshake(String... versions) {
        return handshake(List.of(ofA), List.of(), false, versions);
    }

    Handshake handshake(List<Identity> identities, List<String> protocols, boolean rejectsUnknown,
            String... versions) {
        return server(new Identities(identities), versions.length == 0 ? BOTH : List.of(versions), protocols,
                rejectsUnknown).newHandshake(ciphers);
    }

    /** A client that asks for {@code a.example}. */
    protected static TestingEngine client(String... versions) {
        return new TestingEngine(TestingEngine.engine(clients, true, versions));
    }

    /** A client whose parameters a test changes. */
    static TestingEngine client(java.util.function.Consumer<SSLParameters> change) {
        SSLEngine engine = TestingEngine.engine(clients, true);
        SSLParameters parameters = engine.getSSLParameters();
        change.accept(parameters);
        engine.setSSLParameters(parameters);
        return new TestingEngine(engine);
    }

    /** The only certificate of {@code a.example}. */
    protected static Identity ofA() {
        return ofA;
    }

    /** The only certificate of {@code *.b.example}. */
    protected static Identity ofB() {
        return ofB;
    }

    /** Borrowed buffers, which the test gives back. */
    protected final TestingBuffers buffers() {
        return buffers;
    }

    protected final LoopCiphers ciphers() {
        return ciphers;
    }

    byte[] sealed(Records records, String text) throws TlsException {
        Buffer target = buffers.empty();
        records.seal(ciphers, buffers.of(text), target);
        return TestingBuffers.content(target);
    }

    String opened(Records records, byte[] bytes) throws TlsException {
        Buffer buffer = buffers.empty();
        buffer.append(bytes, 0, bytes.length);
        int end = records.open(ciphers, buffer, 0);
        return new String(TestingBuffers.content(buffer), 0, end, StandardCharsets.US_ASCII);
    }

    static byte[] join(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }
}
