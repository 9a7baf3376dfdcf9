package dev.sluice.api.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import dev.sluice.api.Direction;
import dev.sluice.api.FilterTraits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Files of captures as Wireshark may save them again, and files that are none. */
class RecordingTest {
    private static final int SYN = 2;
    private static final int ACK = 16;
    private static final int FIN = 17;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private ByteOrder order = ByteOrder.BIG_ENDIAN;

    private void block(int type, byte[] body) {
        int length = 12 + body.length;
        file.writeBytes(
                ByteBuffer.allocate(length).order(order).putInt(type).putInt(length).put(body).putInt(length).array());
    }

    private ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(order);
    }

    private void section(int linkType) {
        block(0x0a0d0d0a, body(16).putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0).putLong(-1).array());
        block(1, body(8).putShort((short) linkType).putShort((short) 0).putInt(0).array());
    }

    /** A packet from 10.0.0.1:4000 to 10.0.0.2:443, or back. The times of such an interface are in microseconds. */
    private void packet(long micros, boolean there, int flags, String data, @Nullable String comment) {
        byte[] bytes = data.getBytes(StandardCharsets.ISO_8859_1);
        byte[] ip = new byte[40 + bytes.length];
        ByteBuffer.wrap(ip).putShort((short) 0x4500).putShort((short) (40 + bytes.length)).putInt(0)
                .put((byte) 64).put((byte) 6).putShort((short) 0).put(new byte[]{10, 0, 0, (byte) (there ? 1 : 2)})
                .put(new byte[]{10, 0, 0, (byte) (there ? 2 : 1)}).putShort((short) (there ? 4000 : 443))
                .putShort((short) (there ? 443 : 4000)).putLong(0).put((byte) 0x50).put((byte) flags)
                .putShort((short) 0).putInt(0)
                .put(bytes);
        byte[] words = comment == null ? new byte[0] : comment.getBytes(StandardCharsets.UTF_8);
        byte[] content = new byte[(20 + ip.length + 3 & ~3) + (comment == null ? 0 : 8 + (words.length + 3 & ~3))];
        ByteBuffer body = ByteBuffer.wrap(content).order(order).putInt(0)
                .putInt((int) (micros >>> 32)).putInt((int) micros).putInt(ip.length).putInt(ip.length).put(ip);
        if (comment != null) {
            body.position(20 + ip.length + 3 & ~3).putShort((short) 1).putShort((short) words.length).put(words);
        }
        block(6, content);
    }

    private void connection() {
        packet(1_000, true, SYN, "", "connection=7 leg=client listener=edge");
        packet(1_000, false, SYN | ACK, "", null);
        packet(3_000, true, ACK, "SSH-", null);
        packet(4_000, false, ACK, "from the proxy", null);
        packet(5_000, true, ACK, "2.0\n", null);
        packet(6_000, true, FIN, "", "ended: client-finished");
    }

    private Recording read() throws IOException {
        return Recording.of(file.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatThePeerSentIsReadInEitherOrderOfBytes(boolean big) throws IOException {
        order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        section(101);
        connection();
        RecordedConnection only = read().connection(7);
        assertEquals("SSH-2.0\n", new String(only.bytes(Direction.CLIENT_TO_UPSTREAM), StandardCharsets.US_ASCII));
        assertEquals(0, only.bytes(Direction.UPSTREAM_TO_CLIENT).length);
        assertEquals(List.of(Duration.ofMillis(2), Duration.ofMillis(4), Duration.ofMillis(5)),
                only.parts().stream().map(RecordedConnection.Part::at).toList());
        assertEquals(List.of("connection=7 leg=client listener=edge", "ended: client-finished"), only.notes());
        assertTrue(only.isComplete());
    }

    @Test
    void packetsOfOthersAreLeftOut() throws IOException {
        section(1);
        connection();
        section(101);
        packet(1, true, ACK, "of no connection", null);
        packet(2, true, ACK, "", "a comment of a person");
        block(99, new byte[8]);
        assertEquals(List.of(), read().connections());
        assertThrows(IllegalArgumentException.class, () -> read().connection(7));
    }

    @Test
    void aFileMayHaveBeenCutAnywhere() throws IOException {
        section(101);
        connection();
        byte[] whole = file.toByteArray();
        for (int length = 28; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            for (RecordedConnection each : Recording.of(cut).connections()) {
                assertTrue("SSH-2.0\n"
                        .startsWith(new String(each.bytes(Direction.CLIENT_TO_UPSTREAM), StandardCharsets.US_ASCII)));
            }
        }
    }

    /** Any byte may be wrong: then there is an error about the file, or another result, and nothing else. */
    @Test
    void brokenFilesAreRefused() {
        assertThrows(IOException.class, () -> Recording.of(new byte[100]));
        assertThrows(IOException.class, () -> Recording.of(new byte[0]));
        section(101);
        connection();
        for (int at = 0; at < file.size(); at++) {
            for (int value : new int[]{0, 1, 0x7f, 0x80, 0xff}) {
                byte[] broken = file.toByteArray();
                broken[at] = (byte) value;
                try {
                    Recording.of(broken);
                } catch (IOException e) {
                    assertTrue(String.valueOf(e.getMessage()).contains("pcapng"), e.getMessage());
                }
            }
        }
    }

    @Test
    void aCaptureIsPlayedInItsPieces() throws IOException {
        section(101);
        connection();
        TestingFilter filter = new TestingFilter(
                FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM).holds(8, Duration.ofSeconds(3)));
        try (TestingConnection connection = TestingConnection.of(filter).connect()) {
            read().connection(7).play(connection);
            assertArrayEquals("SSH-2.0\n".getBytes(StandardCharsets.US_ASCII),
                    connection.forwarded(Direction.CLIENT_TO_UPSTREAM));
            assertEquals(List.of("connect", "data 4", "data 4"), filter.calls.subList(0, 3));
            assertTrue(connection.ended(Direction.CLIENT_TO_UPSTREAM));
            assertFalse(connection.ended(Direction.UPSTREAM_TO_CLIENT));
        }
    }
}
