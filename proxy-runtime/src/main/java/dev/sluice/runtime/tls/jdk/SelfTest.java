package dev.sluice.runtime.tls.jdk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.BufferPool;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.memory.MemoryBounds;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.RecordSuite;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.tls.TrafficRecords;
import dev.sluice.runtime.tls.pem.PemFile;
import org.jspecify.annotations.Nullable;

/**
 * The proof that the secrets which are taken out of the JDK's engines are the right ones: for each suite, handshakes in memory after which one
 * end goes on with the secrets, and the other with its engine. Another release of the JDK may fail it, and then engines are kept.
 */
final class SelfTest {
    /** A certificate and a key for nothing but this test, which never leave the process. */
    private static final String FILE = "self-test.pem";
    private static final int BUFFER = 64 * 1024;
    private static final int BUFFERS = 16;
    private static final int MOST_ROUNDS = 10;

    private final EngineSecrets secrets;
    private final LoopCiphers ciphers = new LoopCiphers();
    private final LoopMemory memory;

    private SelfTest(EngineSecrets secrets, LoopMemory memory) {
        this.secrets = secrets;
        this.memory = memory;
    }

    /** Runs the test. @return what is wrong; null = nothing is */
    static @Nullable String run(EngineSecrets secrets) {
        try (BufferPool pool = new BufferPool(new MemoryBounds(BUFFER, (long) BUFFERS * BUFFER, 0, 0), 1)) {
            SelfTest test = new SelfTest(secrets, pool.share(0));
            SSLContext server = server();
            SSLContext client = SSLContext.getInstance("TLS");
            client.init(null, new TrustManager[]{new TrustAll()}, null);
            for (RecordSuite suite : RecordSuite.values()) {
                test.exchange(suite, server, client, true);
                test.exchange(suite, server, client, false);
            }
            return null;
        } catch (IOException | GeneralSecurityException | TlsException | RuntimeException e) {
            return "the self-test failed: " + e;
        }
    }

    private static SSLContext server() throws IOException {
        try (InputStream content = Objects.requireNonNull(SelfTest.class.getResourceAsStream(FILE), FILE)) {
            PemFile pem = PemFile.parse(new String(content.readAllBytes(), StandardCharsets.US_ASCII));
            return new JdkContext(null, new Identities(List.of(Identity.of(pem.certificates(), pem.key()))), null)
                    .context();
        }
    }

    private void exchange(RecordSuite suite, SSLContext server, SSLContext client, boolean serverDrops)
            throws TlsException {
        JdkHandshake ofServer = new JdkHandshake(engine(server, false, suite), ciphers, serverDrops ? secrets : null);
        JdkHandshake ofClient = new JdkHandshake(engine(client, true, suite), ciphers, serverDrops ? null : secrets);
        Buffer toServer = borrow();
        Buffer toClient = borrow();
        try {
            Handshake.Step clientStep = settle(ofClient, ofClient.start(toServer), toServer);
            Handshake.Step serverStep = Handshake.Step.MORE;
            for (int round = 0; clientStep != Handshake.Step.DONE || serverStep != Handshake.Step.DONE; round++) {
                if (round > MOST_ROUNDS) {
                    throw new IllegalStateException("a handshake without end");
                }
                serverStep = pass(toServer, ofServer, serverStep, toClient);
                clientStep = pass(toClient, ofClient, clientStep, toServer);
            }
            Records serverRecords = ofServer.finish();
            Records clientRecords = ofClient.finish();
            if (!((serverDrops ? serverRecords : clientRecords) instanceof TrafficRecords)) {
                throw new IllegalStateException("no secrets were found");
            }
            // The server's tickets.
            clientRecords.open(ciphers, toClient, 0);
            for (int i = 0; i < 2; i++) {
                compare(clientRecords, serverRecords, suite);
                compare(serverRecords, clientRecords, suite);
            }
        } finally {
            memory.giveBack(toServer);
            memory.giveBack(toClient);
        }
    }

    private static SSLEngine engine(SSLContext context, boolean client, RecordSuite suite) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        engine.setEnabledProtocols(new String[]{"TLSv1.3"});
        engine.setEnabledCipherSuites(new String[]{suite.label()});
        return engine;
    }

    /** Gives all records of a buffer to a handshake, as long as it wants some. */
    private static Handshake.Step pass(Buffer from, Handshake to, Handshake.Step before, Buffer answer)
            throws TlsException {
        Handshake.Step step = before;
        int at = 0;
        while (step == Handshake.Step.MORE && at < from.content()) {
            int length = Records.length(from, at);
            step = settle(to, to.receive(from, at, length, answer), answer);
            at += length;
        }
        from.discard(at);
        return step;
    }

    private static Handshake.Step settle(Handshake handshake, Handshake.Step first, Buffer answer) throws TlsException {
        Handshake.Step step = first;
        while (step == Handshake.Step.WORK) {
            handshake.work();
            step = handshake.proceed(answer);
        }
        return step;
    }

    private void compare(Records from, Records to, RecordSuite suite) throws TlsException {
        byte[] text = ("a record of " + suite).getBytes(StandardCharsets.US_ASCII);
        Buffer plain = borrow();
        Buffer sealed = borrow();
        try {
            plain.append(text, 0, text.length);
            from.seal(ciphers, plain, sealed);
            int length = to.open(ciphers, sealed, 0);
            byte[] opened = new byte[length];
            sealed.copyTo(0, opened, 0, length);
            if (!Arrays.equals(text, opened)) {
                throw new IllegalStateException("other bytes were opened than were sealed with " + suite);
            }
        } finally {
            memory.giveBack(plain);
            memory.giveBack(sealed);
        }
    }

    private Buffer borrow() {
        return Objects.requireNonNull(memory.borrow(), "buffers of the self-test");
    }
}
