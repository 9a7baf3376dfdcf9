package dev.sluice.runtime.tls.jdk;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import dev.sluice.runtime.health.TestingAuthority;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TestingEngine;
import dev.sluice.runtime.tls.TlsException;
import dev.sluice.runtime.tls.TrafficRecords;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Handshakes of both roles by the engine of the JDK, which is dropped or kept, with another one at the other end. */
class JdkHandshakeTest {
    private static SSLContext serverContext;
    private static SSLContext clientContext;

    private final TestingBuffers buffers = new TestingBuffers(128 * 1024);
    private final LoopCiphers ciphers = new LoopCiphers();

    @BeforeAll
    static void makeCertificates(@TempDir Path directory) throws Exception {
        serverContext = new TestingAuthority(directory, "authority").server("server", "dns:a.example", "-validity",
                "10");
        clientContext = TestingEngine.trusting();
    }

    @AfterEach
    void giveBack() {
        buffers.close();
    }

    private static @Nullable EngineSecrets secrets() {
        EngineSecrets found = EngineSecrets.find();
        assertNotNull(found, "tests open the package of the engine");
        return found;
    }

    private byte[] sealed(Records records, String text) throws TlsException {
        Buffer target = buffers.empty();
        records.seal(ciphers, buffers.of(text), target);
        return TestingBuffers.content(target);
    }

    private String opened(Records records, byte[] bytes) throws TlsException {
        Buffer buffer = buffers.empty();
        buffer.append(bytes, 0, bytes.length);
        int end = records.open(ciphers, buffer, 0);
        return new String(TestingBuffers.content(buffer), 0, end, StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.3, true, true", "TLSv1.3, true, false", "TLSv1.3, false, true", "TLSv1.3, false, false",
        "TLSv1.2, true, true", "TLSv1.2, false, true"})
    void bytesFlowBothWaysAfterIt(String version, boolean server, boolean drop) throws Exception {
        SSLEngine own = TestingEngine.engine(server ? serverContext : clientContext, !server);
        TestingEngine other = new TestingEngine(
                TestingEngine.engine(server ? clientContext : serverContext, server, version));
        JdkHandshake handshake = new JdkHandshake(own, ciphers, drop ? secrets() : null);
        byte[] last = other.shake(handshake, buffers);
        assertEquals(version, handshake.session().version());
        Records records = handshake.finish();
        assertEquals(drop && version.equals("TLSv1.3"), records instanceof TrafficRecords);
        other.heard(last);
        opened(records, other.spoken());
        for (int i = 0; i < 5; i++) {
            assertEquals("to the other " + i, other.heard(sealed(records, "to the other " + i)));
            assertEquals("from the other " + i, opened(records, other.written("from the other " + i)));
        }
        String large = "x".repeat(40_000);
        assertEquals(large, other.heard(sealed(records, large)));
        assertEquals(large, opened(records, other.written(large)));
        Buffer end = buffers.empty();
        records.closeNotify(ciphers, end);
        other.heard(TestingBuffers.content(end));
        assertTrue(other.engine().isInboundDone(), "close_notify was understood");
        other.engine().closeOutbound();
        opened(records, other.spoken());
        assertTrue(records.closed());
        records.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientsLastWordIsNotDeferred(String version) throws Exception {
        TestingEngine other = new TestingEngine(TestingEngine.engine(serverContext, false, version));
        JdkHandshake handshake = new JdkHandshake(TestingEngine.engine(clientContext, true), ciphers, secrets());
        byte[] last = other.shake(handshake, buffers);
        assertEquals(0, handshake.deferrable());
        assertEquals(version.equals("TLSv1.3"), last.length > 0);
    }
}
