package dev.sluice.runtime.tls.boring;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.Handshake;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.TestingHello;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

/** The choice of a context by the first record of a client. */
class FirstRecordTest {
    private static final Identities SERVED = new Identities(
            List.of(identity("a.example", "*.b.example"), identity("c.example")));
    private static final String FIRST = "*.b.example a.example";

    private final TestingBuffers buffers = new TestingBuffers(64 * 1024);
    private final Handshake engine = mock(Handshake.class);
    private final List<@Nullable String> scopes = new ArrayList<>();
    private final Handshake handshake = new FirstRecord(SERVED, scope -> {
        scopes.add(scope);
        return engine;
    });

    @AfterEach
    void nothingIsLent() {
        buffers.close();
    }

    private static Identity identity(String... names) {
        X509Certificate certificate = mock(X509Certificate.class);
        return new Identity(List.of(certificate), mock(PrivateKey.class), List.of(names), names[0]);
    }

    private @Nullable String scope(byte[] record) throws Exception {
        scopes.clear();
        Buffer in = buffers.empty();
        // Behind something else, as in a buffer that has held a greeting.
        in.append(new byte[]{1, 2, 3}, 0, 3);
        in.append(record, 0, record.length);
        when(engine.receive(any(), anyInt(), anyInt(), any())).thenReturn(Handshake.Step.MORE);
        Handshake begins = new FirstRecord(SERVED, scope -> {
            scopes.add(scope);
            return engine;
        });
        assertEquals(Handshake.Step.MORE, begins.receive(in, 3, record.length, buffers.empty()));
        assertEquals(1, scopes.size());
        return scopes.getFirst();
    }

    @Test
    void aNameHasTheScopeOfItsCertificate() throws Exception {
        assertEquals(FIRST, scope(TestingHello.of("a.example").bytes()));
        assertEquals(FIRST, scope(TestingHello.of("X.b.example").bytes()));
        assertEquals("c.example", scope(TestingHello.of("c.example.").bytes()));
    }

    @Test
    void unknownNamesAndNoneHaveThatOfTheFirst() throws Exception {
        assertEquals(FIRST, scope(TestingHello.of("unknown.example").bytes()));
        assertEquals(FIRST, scope(TestingHello.of("192.0.2.1").bytes()));
        assertEquals(FIRST, scope(new TestingHello().bytes()));
    }

    @Test
    void aHelloThatIsNotWholeInItsRecordHasNone() throws Exception {
        byte[] whole = TestingHello.of("c.example").bytes();
        byte[] part = Arrays.copyOf(whole, whole.length - 1);
        part[4]--;
        assertNull(scope(part));
        assertNull(scope(new byte[]{22, 3, 1, 0, 1, 1}));
        assertNull(scope(new byte[]{23, 3, 3, 0, 5, 1, 2, 3, 4, 5}));
        whole[whole.length - "c.example".length() - 1]++;
        assertNull(scope(whole), "a name that is longer than its extension");
    }

    @Test
    void theSecondRecordGoesTheSameWay() throws Exception {
        byte[] record = TestingHello.of("c.example").bytes();
        Buffer in = buffers.empty();
        in.append(record, 0, record.length);
        Buffer target = buffers.empty();
        handshake.receive(in, 0, record.length, target);
        handshake.receive(in, 0, record.length, target);
        assertEquals(1, scopes.size());
        handshake.fail(Alert.UNEXPECTED_MESSAGE, target);
        verify(engine).fail(Alert.UNEXPECTED_MESSAGE, target);
        handshake.abandon();
        verify(engine).abandon();
    }

    @Test
    void aClientThatHasSaidNothingCostsNoEngine() {
        assertNull(handshake.askedName());
        Buffer target = buffers.empty();
        handshake.fail(Alert.HANDSHAKE_FAILURE, target);
        assertArrayEquals(Alert.HANDSHAKE_FAILURE.record(), TestingBuffers.content(target));
        handshake.abandon();
        assertTrue(scopes.isEmpty());
    }
}
