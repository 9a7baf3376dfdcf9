package dev.sluice.runtime.tls;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The hello of a client, as it is read before an engine sees it, and the names that pass through. */
class ClientHelloTest {
    private static TestingBuffers buffers;
    private static Buffer buffer;

    @BeforeAll
    static void makeBuffer() {
        buffers = new TestingBuffers(65_536);
        buffer = buffers.empty();
    }

    @AfterAll
    static void giveBack() {
        buffers.close();
    }

    private static @Nullable ClientHello read(byte[] bytes, int length) throws TlsException {
        buffer.clear();
        buffer.append(bytes, 0, length);
        return ClientHello.read(buffer);
    }

    private static ClientHello read(byte[] bytes) throws TlsException {
        return Objects.requireNonNull(read(bytes, bytes.length), "more bytes are needed");
    }

    private static Alert refusal(byte[] bytes) {
        return Objects.requireNonNull(assertThrows(TlsException.class, () -> read(bytes, bytes.length)).alert());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16_384})
    void itIsTheSameInRecordsOfAnySize(int most) throws Exception {
        byte[] message = TestingHello.of("WWW.Raw.example.").protocols("h2", "http/1.1").message(null);
        byte[] bytes = TestingHello.records(message, most);
        for (int i = 0; i < bytes.length; i++) {
            assertNull(read(bytes, i), "after " + i + " bytes");
        }
        assertEquals(new ClientHello("www.raw.example", "h2,http/1.1", "1.3"), read(bytes));
        // What follows in a record of its own is not looked at.
        assertEquals("www.raw.example", read(Arrays.copyOf(bytes, bytes.length + 7)).serverName());
    }

    @Test
    void nothingIsAskedForByItself() throws Exception {
        assertEquals(new ClientHello(null, null, "1.3"), read(new TestingHello().bytes()));
        // The first is of GREASE.
        assertEquals("a%2Cb,h2",
                read(new TestingHello().protocols("\u008a\u008a", "a,b", "h2").bytes()).protocols());
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "a..example", "a\0.raw.example", "é.raw.example", "a b", ".", "a:443"})
    void whatIsNoNameIsNone(String name) throws Exception {
        assertNull(read(TestingHello.of(name).bytes()).serverName());
    }

    @Test
    void itMayHave16KiB() throws Exception {
        // The largest that is one record.
        byte[] bytes = TestingHello.of("a.example").padded(16_389);
        assertEquals("a.example", read(bytes).serverName());
        byte[] message = Arrays.copyOfRange(bytes, 5, bytes.length);
        assertEquals("a.example", read(TestingHello.records(message, 1000)).serverName());
    }

    @ParameterizedTest
    @ValueSource(ints = {16_384, 100})
    void aLongerOneIsRefused(int most) {
        byte[] message = TestingHello.of("a.example").extension(1000, new byte[9_000]).extension(1001, new byte[9_000])
                .message(null);
        // By its header, before the rest has come.
        assertEquals(Alert.ILLEGAL_PARAMETER, refusal(Arrays.copyOf(TestingHello.records(message, most), 105)));
    }

    @Test
    void whatAServerCouldReadInAnotherWayIsRefused() {
        List<byte[]> wrong = List.of(
                TestingHello.of("a.example").name("b.example").bytes(),
                TestingHello.records(TestingHello.of("a.example").message(new byte[1]), 16_384),
                new TestingHello().extension(0, 0, 12, 0, 0, 3, 'a', '.', 'b', 0, 0, 3, 'c', '.', 'd').bytes(),
                new TestingHello().extension(0, 0, 9, 0, 0, 3, 'a', '.', 'b').bytes(),
                new TestingHello().extension(0, 0, 6, 1, 0, 3, 'a', '.', 'b').bytes(),
                new TestingHello().extension(0).bytes(), new TestingHello().extension(16, 0, 1, 0).bytes(),
                new TestingHello().extension(16, 0, 0).bytes());
        for (int i = 0; i < wrong.size(); i++) {
            byte[] bytes = wrong.get(i);
            assertEquals(Alert.DECODE_ERROR, refusal(bytes), "hello " + i);
        }
        byte[] cut = TestingHello.of("a.example").message(null);
        cut[3] = (byte) (cut[3] - 4);
        assertEquals(Alert.UNEXPECTED_MESSAGE, refusal(TestingHello.records(cut, 16_384)), "bytes behind it");
        byte[] server = TestingHello.of("a.example").message(null);
        server[0] = 2;
        assertEquals(Alert.UNEXPECTED_MESSAGE, refusal(TestingHello.records(server, 16_384)));
        assertEquals(Alert.UNEXPECTED_MESSAGE, refusal(new byte[]{21, 3, 1, 0, 2, 1, 0}));
        assertEquals(Alert.UNEXPECTED_MESSAGE, refusal(new byte[]{22, 3, 1, 0, 0}));
        assertEquals(Alert.RECORD_OVERFLOW, refusal(new byte[]{22, 3, 1, 0x40, 1}));
        assertEquals(Alert.PROTOCOL_VERSION, refusal(new byte[]{22, 2, 0, 0, 9}));
    }

    /** Whatever is changed in a hello, it is read or refused, and nothing else. */
    @Test
    void noHelloIsTooStrange() {
        byte[] bytes = TestingHello.of("a.example").protocols("h2").bytes();
        int refused = 0;
        for (int i = 0; i < bytes.length * 256; i++) {
            byte[] changed = bytes.clone();
            changed[i / 256] = (byte) i;
            try {
                read(changed, changed.length);
            } catch (TlsException e) {
                refused++;
            }
        }
        assertTrue(refused > 0);
    }

    @Test
    void namesPassThrough() {
        Passthrough names = new Passthrough(List.of("*.raw.example", "one.example"));
        assertTrue(names.has("a.raw.example"));
        assertTrue(names.has("one.example"));
        for (String other : List.of("raw.example", "a.b.raw.example", "two.example", "a.one.example")) {
            assertFalse(names.has(other), other);
        }
        assertFalse(names.has(null));
        assertTrue(names.covers("*.raw.example") && names.covers("a.raw.example") && names.covers("one.example"));
        assertFalse(names.covers("*.example") || names.covers("two.example"));
        assertEquals(names, new Passthrough(List.of("one.example", "*.raw.example")));
        assertNotEquals(names, Passthrough.NONE);
        ClientHello first = names.share(new ClientHello("a", null, null));
        assertSame(first, names.share(new ClientHello("a", null, null)));
        for (int i = 0; i < 3000; i++) {
            names.share(new ClientHello("n" + i, null, null));
        }
        assertEquals(first, names.share(new ClientHello("a", null, null)));
    }
}
