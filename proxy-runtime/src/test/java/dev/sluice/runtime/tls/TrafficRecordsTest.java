package dev.sluice.runtime.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Each rule of the record layer, against a peer of other code that keeps or breaks it. */
@ParameterizedClass
@EnumSource(RecordSuite.class)
class TrafficRecordsTest {
    private static final int BUFFER = 128 * 1024;

    @Parameter
    RecordSuite suite = RecordSuite.AES_128_GCM;

    private final LoopCiphers ciphers = new LoopCiphers();
    private TestingBuffers buffers = new TestingBuffers(BUFFER);
    private TestingRecordPeer peer;
    private TrafficRecords records;

    @BeforeEach
    void connect() {
        buffers.close();
        buffers = new TestingBuffers(BUFFER);
        Random random = new Random(7);
        byte[] in = new byte[suite.secretBytes()];
        byte[] out = new byte[suite.secretBytes()];
        random.nextBytes(in);
        random.nextBytes(out);
        peer = new TestingRecordPeer(suite.label(), out, in);
        records = new TrafficRecords(new TrafficSecrets(suite, in, 0, out, 0), false);
    }

    @AfterEach
    void close() {
        buffers.close();
    }

    private static byte[] bytes(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Opens what comes in one read. @return the data; what is not a whole record yet is left in {@link #rest} */
    private String open(byte[]... parts) throws TlsException {
        Buffer buffer = buffers.empty();
        byte[] all = bytes(parts);
        buffer.append(all, 0, all.length);
        int end = records.open(ciphers, buffer, 0);
        byte[] content = TestingBuffers.content(buffer);
        rest = Arrays.copyOfRange(content, end, content.length);
        return new String(content, 0, end, StandardCharsets.US_ASCII);
    }

    private byte[] rest = new byte[0];

    private void assertRefused(Alert alert, byte[]... parts) {
        TlsException refused = assertThrows(TlsException.class, () -> open(parts));
        assertEquals(alert, refused.alert(), refused.getMessage());
    }

    private List<TestingRecordPeer.Opened> seal(String text, int readLimit) throws GeneralSecurityException {
        Buffer plain = buffers.of(text);
        Buffer target = buffers.empty(readLimit);
        records.seal(ciphers, plain, target);
        left = plain.remaining();
        sealed = target.content();
        return peer.open(TestingBuffers.content(target));
    }

    private int left;
    private int sealed;

    @Test
    void dataIsOpenedInPlaceAndInOrder() throws Exception {
        assertEquals("one two three", open(peer.data("one "), peer.data("two "), peer.data("three")));
        assertEquals(0, rest.length);
        assertEquals("four", open(peer.data("four")));
        assertFalse(records.closed());
    }

    @Test
    void contentBeforeTheRecordsStays() throws Exception {
        Buffer buffer = buffers.of("held");
        byte[] record = peer.data(" back");
        buffer.append(record, 0, record.length);
        assertEquals(9, records.open(ciphers, buffer, 4));
        assertEquals("held back", new String(TestingBuffers.content(buffer), StandardCharsets.US_ASCII));
    }

    @Test
    void howItIsCutDoesNotMatter() throws Exception {
        byte[] stream = bytes(peer.data("first"), peer.record(23, "second".getBytes(StandardCharsets.US_ASCII), 77),
                peer.record(22, 24, 0), peer.record(22, 0, 1, 0));
        peer.updateKey();
        stream = bytes(stream, peer.data("third"), peer.record(21, 1, 0));
        for (int cut = 0; cut <= stream.length; cut++) {
            TrafficRecords before = records;
            connect();
            assertFalse(records == before);
            String first = open(Arrays.copyOf(stream, cut));
            String second = open(rest, Arrays.copyOfRange(stream, cut, stream.length));
            assertEquals("firstsecondthird", first + second, "cut at " + cut);
            assertTrue(records.closed());
        }
    }

    @Test
    void aPartOfARecordIsLeft() throws Exception {
        byte[] record = peer.data("whole");
        for (int length = 0; length < record.length; length++) {
            assertEquals("", open(Arrays.copyOf(record, length)));
            assertArrayEquals(Arrays.copyOf(record, length), rest);
        }
        assertEquals("whole", open(record));
    }

    @Test
    void theLargestRecordIsOpenedAndALargerOneRefused() throws Exception {
        byte[] most = new byte[1 << 14];
        Arrays.fill(most, (byte) 'x');
        assertEquals(1 << 14, open(peer.record(23, most, 0)).length());
        assertEquals("x", open(peer.record(23, new byte[]{'x'}, (1 << 14) - 1)));
        assertRefused(Alert.RECORD_OVERFLOW, peer.record(23, new byte[]{'x'}, 1 << 14));
    }

    @Test
    void aLengthThatIsTooLargeIsRefusedBeforeItsBytesCome() {
        assertRefused(Alert.RECORD_OVERFLOW, TestingRecordPeer.header(23, (1 << 14) + 257));
    }

    @Test
    void contentOfOneByteTooMuchIsRefused() throws Exception {
        assertRefused(Alert.RECORD_OVERFLOW, peer.record(23, new byte[(1 << 14) + 1], 0));
    }

    @Test
    void whatIsNotEncryptedIsRefused() {
        for (int type : new int[]{0, 20, 21, 22, 24, 255}) {
            assertRefused(Alert.UNEXPECTED_MESSAGE, TestingRecordPeer.header(type, 2), new byte[]{2, 40});
        }
    }

    @Test
    void aTypeOfContentThatThereIsNotIsRefused() throws Exception {
        for (int type : new int[]{1, 20, 24, 255}) {
            assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(type, 1));
        }
    }

    @Test
    void aRecordOfZerosIsRefused() throws Exception {
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.sealed(new byte[0]));
        connect();
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.sealed(new byte[100]));
    }

    @Test
    void aRecordWithoutPlaceForItsTagIsRefused() {
        for (int length = 0; length < 16; length++) {
            assertRefused(Alert.BAD_RECORD_MAC, TestingRecordPeer.header(23, length), new byte[length]);
        }
    }

    @Test
    void anyChangedBitIsRefused() throws Exception {
        byte[] record = peer.data("content");
        for (int bit = 0; bit < record.length * 8; bit++) {
            byte[] changed = record.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            connect();
            if (bit / 8 == 3 || bit / 8 == 4) {
                // Another length: more bytes are awaited, or too few are decrypted.
                continue;
            }
            assertRefused(bit / 8 == 0 ? Alert.UNEXPECTED_MESSAGE : Alert.BAD_RECORD_MAC, changed);
        }
    }

    @Test
    void aRecordThatIsReplayedOrLeftOutIsRefused() throws Exception {
        byte[] first = peer.data("first");
        byte[] second = peer.data("second");
        open(first);
        assertRefused(Alert.BAD_RECORD_MAC, first);
        connect();
        assertRefused(Alert.BAD_RECORD_MAC, second);
    }

    @Test
    void emptyRecordsAreTakenButNotWithoutEnd() throws Exception {
        List<byte[]> empty = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            empty.add(peer.record(23, new byte[0], i));
        }
        assertEquals("", open(empty.toArray(new byte[0][])));
        assertEquals("x", open(peer.data("x")));
        for (int i = 0; i < 32; i++) {
            assertEquals("", open(peer.record(23)));
        }
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(23));
    }

    @Test
    void closeNotifyEndsTheStreamAndWhatFollowsIsIgnored() throws Exception {
        assertEquals("last", open(peer.data("last"), peer.record(21, 1, 0), new byte[]{1, 2, 3, 4, 5, 6, 7}));
        assertTrue(records.closed());
        assertEquals(0, rest.length);
    }

    @Test
    void closeNotifyIsTakenAfterAnyNumberOfEmptyRecords() throws Exception {
        for (int i = 0; i < 32; i++) {
            open(peer.record(23));
        }
        open(peer.record(21, 2, 0));
        assertTrue(records.closed());
    }

    @Test
    void userCanceledIsNoEnd() throws Exception {
        assertEquals("x", open(peer.record(21, 1, 90), peer.data("x")));
        assertFalse(records.closed());
    }

    @Test
    void anyOtherAlertIsTheEndAndGetsNoAnswer() throws Exception {
        for (int level = 0; level < 4; level++) {
            TlsException received = assertThrows(TlsException.class, () -> open(peer.record(21, 1, 40)));
            assertNull(received.alert());
            assertEquals("the peer sent alert handshake_failure", received.getMessage());
        }
        TlsException received = assertThrows(TlsException.class, () -> open(peer.record(21, 2, 222)));
        assertEquals("the peer sent alert alert-222", received.getMessage());
    }

    @Test
    void anAlertHasTwoBytes() throws Exception {
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(21, 1));
        connect();
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(21, 1, 0, 1));
        connect();
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(21, 1, 0, 1, 0));
        connect();
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(21));
    }

    @Test
    void aKeyUpdateChangesTheKeyOfOneDirection() throws Exception {
        assertEquals("beforeafter", open(peer.data("before"), peer.keyUpdate(0), peer.data("after")));
        assertFalse(records.answers());
        assertEquals(1, seal("own", BUFFER).size());
    }

    @Test
    void eachKeyUpdateThatAsksIsAnsweredBeforeTheNextData() throws Exception {
        open(peer.keyUpdate(1), peer.keyUpdate(1), peer.keyUpdate(1));
        assertTrue(records.answers());
        List<TestingRecordPeer.Opened> answer = seal("own", BUFFER);
        assertEquals(4, answer.size());
        for (TestingRecordPeer.Opened update : answer.subList(0, 3)) {
            assertEquals(22, update.type());
            assertArrayEquals(new byte[]{24, 0, 0, 1, 0}, update.content());
        }
        assertArrayEquals("own".getBytes(StandardCharsets.US_ASCII), answer.get(3).content());
        assertFalse(records.answers());
        assertEquals(1, seal("more", BUFFER).size());
    }

    @Test
    void answersThatAreOwedToAPeerThatDoesNotReadAreBounded() throws Exception {
        for (int i = 0; i < 100; i++) {
            open(peer.keyUpdate(1), peer.data("x"));
        }
        assertEquals(32 + 1, seal("own", BUFFER).size());
    }

    @Test
    void aKeyUpdateInPartsIsTaken() throws Exception {
        byte[] parts = bytes(peer.record(22, 24), peer.record(22, 0), peer.record(22, 0), peer.record(22, 1),
                peer.record(22, 1));
        peer.updateKey();
        assertEquals("after", open(parts, peer.data("after")));
        assertTrue(records.answers());
    }

    @Test
    void nothingMayComeBetweenThePartsOfAMessage() throws Exception {
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(22, 24, 0), peer.data("between"));
        connect();
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(22, 24, 0, 0, 1), peer.record(23));
        connect();
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(22, 24, 0, 0), peer.record(21, 1, 0));
        connect();
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(22, 24), peer.record(22));
    }

    @Test
    void nothingMayFollowAKeyUpdateInItsRecord() throws Exception {
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(22, 24, 0, 0, 1, 0, 24, 0, 0, 1, 0));
        connect();
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(22, 24, 0, 0, 1, 0, 24));
    }

    @Test
    void aKeyUpdateIsOneByteOfZeroOrOne() throws Exception {
        for (int request : new int[]{2, 127, 128, 255}) {
            connect();
            assertRefused(Alert.ILLEGAL_PARAMETER, peer.record(22, 24, 0, 0, 1, request));
        }
        for (int[] length : new int[][]{{0, 0, 0}, {0, 0, 2}, {1, 0, 0}, {255, 255, 255}}) {
            connect();
            assertRefused(Alert.DECODE_ERROR, peer.record(22, 24, length[0], length[1], length[2]));
        }
    }

    @Test
    void keyUpdatesAreNotTakenWithoutEnd() throws Exception {
        for (int i = 0; i < 32; i++) {
            open(peer.keyUpdate(i % 2));
        }
        assertEquals("x", open(peer.data("x")));
        for (int i = 0; i < 32; i++) {
            open(peer.keyUpdate(1));
        }
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.keyUpdate(0));
    }

    @Test
    void noOtherHandshakeMessageIsTakenFromAClient() throws Exception {
        for (int type = 0; type < 256; type++) {
            if (type != 24) {
                connect();
                assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(22, type, 0, 0, 1, 0));
            }
        }
    }

    @Test
    void aServerMaySendTickets() throws Exception {
        records = new TrafficRecords(new TrafficSecrets(suite, secret(7), 0, secret(8), 0), true);
        peer = new TestingRecordPeer(suite.label(), secret(8), secret(7));
        byte[] ticket = new byte[204];
        ticket[0] = 4;
        ticket[3] = (byte) 200;
        byte[] two = bytes(ticket, ticket);
        assertEquals("x", open(peer.record(22, two, 0), peer.data("x")));
        assertEquals("y", open(peer.record(22, Arrays.copyOf(ticket, 3), 0),
                peer.record(22, Arrays.copyOfRange(ticket, 3, 204), 0), peer.data("y")));
        byte[] withUpdate = bytes(ticket, new byte[]{24, 0, 0, 1, 0});
        byte[] record = peer.record(22, withUpdate, 0);
        peer.updateKey();
        assertEquals("z", open(record, peer.data("z")));
        assertRefused(Alert.UNEXPECTED_MESSAGE, peer.record(22, 13, 0, 0, 1, 0));
    }

    private byte[] secret(int value) {
        byte[] secret = new byte[suite.secretBytes()];
        Arrays.fill(secret, (byte) value);
        return secret;
    }

    @Test
    void aTicketHasALength() throws Exception {
        records = new TrafficRecords(new TrafficSecrets(suite, secret(7), 0, secret(8), 0), true);
        peer = new TestingRecordPeer(suite.label(), secret(8), secret(7));
        assertRefused(Alert.DECODE_ERROR, peer.record(22, 4, 0, 0, 0));
        records = new TrafficRecords(new TrafficSecrets(suite, secret(7), 0, secret(8), 0), true);
        peer = new TestingRecordPeer(suite.label(), secret(8), secret(7));
        assertRefused(Alert.DECODE_ERROR, peer.record(22, 4, 255, 255, 255));
    }

    @Test
    void dataIsSealedInTheLargestRecordsThatFit() throws Exception {
        List<TestingRecordPeer.Opened> opened = seal("a".repeat(40_000), BUFFER);
        assertEquals(List.of(16_384, 16_384, 7_232), opened.stream().map(record -> record.content().length).toList());
        assertEquals(0, left);
        assertEquals(40_000 + 3 * TrafficRecords.OVERHEAD, sealed);
    }

    @Test
    void noMoreIsSealedThanTheTargetMayTake() throws Exception {
        for (int limit : new int[]{0, 1, TrafficRecords.OVERHEAD, TrafficRecords.OVERHEAD + 1, 512, 4096, 20_000}) {
            seal("b".repeat(30_000), limit);
            assertTrue(sealed <= limit, () -> sealed + " of " + limit);
            assertEquals(limit > TrafficRecords.OVERHEAD, left < 30_000);
        }
    }

    @Test
    void bytesThatFiltersHoldAreNotSealed() throws Exception {
        Buffer plain = buffers.of("go, stay");
        plain.hold(6);
        Buffer target = buffers.empty();
        records.seal(ciphers, plain, target);
        assertEquals("go",
                new String(peer.open(TestingBuffers.content(target)).getFirst().content(), StandardCharsets.US_ASCII));
        assertEquals(6, plain.content());
    }

    @Test
    void theKeyIsReplacedBeforeItHasSealedTooMuch() throws Exception {
        byte[] in = secret(1);
        byte[] out = secret(2);
        records = new TrafficRecords(new TrafficSecrets(suite, in, 0, out, (1 << 24) - 1), false);
        Buffer plain = buffers.of("c".repeat(16_385));
        Buffer target = buffers.empty();
        records.seal(ciphers, plain, target);
        byte[] all = TestingBuffers.content(target);
        assertEquals(16_385 + 3 * TrafficRecords.OVERHEAD + 5, all.length, "a record, a KeyUpdate, a record");
        assertFalse(records.answers());
    }

    @Test
    void endAndAlertAreRecords() throws Exception {
        Buffer target = buffers.empty();
        records.closeNotify(ciphers, target);
        records.alert(ciphers, Alert.BAD_RECORD_MAC, target);
        List<TestingRecordPeer.Opened> opened = peer.open(TestingBuffers.content(target));
        assertArrayEquals(new byte[]{1, 0}, opened.get(0).content());
        assertArrayEquals(new byte[]{2, 20}, opened.get(1).content());
        assertEquals(21, opened.get(0).type());
    }

    @Test
    void anythingAtAllEndsWithAnExceptionOfThisPackage() throws Exception {
        Random random = new Random(11);
        for (int i = 0; i < 3_000; i++) {
            connect();
            byte[] content = new byte[random.nextInt(40)];
            random.nextBytes(content);
            byte[] record = random.nextBoolean()
                    ? peer.record(20 + random.nextInt(5), content, random.nextInt(3))
                    : content;
            try {
                open(record, peer.data("rest"));
            } catch (TlsException refused) {
                // That is a verdict, too.
            }
        }
    }
}
