package dev.sluice.runtime.tls;

import java.util.Arrays;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Records of a client before its Finished, right and wrong. */
class ClientFlightTest {
    private static final String SUITE = "TLS_AES_128_GCM_SHA256";
    private static final byte[] SECRET = new byte[32];
    private static final int FINISHED = 20;

    static {
        Arrays.fill(SECRET, (byte) 5);
    }

    private final TestingBuffers buffers = new TestingBuffers(64 * 1024);
    private final LoopCiphers ciphers = new LoopCiphers();
    private final TestingRecordPeer client = new TestingRecordPeer(SUITE, SECRET, SECRET);
    private final ClientFlight flight = new ClientFlight(RecordSuite.AES_128_GCM, SECRET);

    @AfterEach
    void giveBack() {
        flight.end();
        buffers.close();
    }

    private void check(byte[] record) throws TlsException {
        Buffer buffer = buffers.empty();
        buffer.append(record, 0, record.length);
        flight.check(ciphers, buffer, 0, record.length);
    }

    private void assertRefused(Alert alert, byte[] record) {
        assertEquals(alert, assertThrows(TlsException.class, () -> check(record)).alert());
    }

    private static byte[] message(int type, int length) {
        byte[] message = new byte[4 + length];
        message[0] = (byte) type;
        message[2] = (byte) (length >> 8);
        message[3] = (byte) length;
        return message;
    }

    @Test
    void aFinishedOfTheHashsLengthIsInOrder() throws Exception {
        byte[] record = client.record(22, message(FINISHED, 32), 7);
        assertDoesNotThrow(() -> check(new byte[]{20, 3, 3, 0, 1, 1}));
        assertDoesNotThrow(() -> check(record));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 33, 48, 1000})
    void aFinishedOfAnotherLengthIsNot(int length) throws Exception {
        assertRefused(Alert.DECODE_ERROR, client.record(22, message(FINISHED, length), 0));
    }

    @Test
    void messagesMayBeInPartsAndSeveralInARecord() throws Exception {
        byte[] certificate = message(11, 300);
        byte[] both = Arrays.copyOf(certificate, certificate.length + 2);
        both[certificate.length] = FINISHED;
        byte[] first = client.record(22, Arrays.copyOf(both, 100), 0);
        byte[] second = client.record(22, Arrays.copyOfRange(both, 100, both.length), 0);
        byte[] third = client.record(22, new byte[]{0, 31}, 0);
        assertDoesNotThrow(() -> check(first));
        assertDoesNotThrow(() -> check(second));
        assertRefused(Alert.DECODE_ERROR, third);
    }

    @Test
    void recordsThatHideNothingAreRefused() throws Exception {
        assertRefused(Alert.UNEXPECTED_MESSAGE, client.record(22));
        assertRefused(Alert.UNEXPECTED_MESSAGE, client.record(21));
        assertRefused(Alert.UNEXPECTED_MESSAGE, client.sealed(new byte[10]));
    }

    @Test
    void plainMessagesAreRefused() {
        assertRefused(Alert.UNEXPECTED_MESSAGE, new byte[]{22, 3, 3, 0, 4, FINISHED, 0, 0, 0});
        assertRefused(Alert.UNEXPECTED_MESSAGE, new byte[]{20, 3, 3, 0, 1, 2});
        assertRefused(Alert.UNEXPECTED_MESSAGE, new byte[]{20, 3, 3, 0, 2, 1, 1});
    }

    @Test
    void anAlertOfTheClientGetsNoAnswer() throws Exception {
        assertNull(assertThrows(TlsException.class, () -> check(new byte[]{21, 3, 3, 0, 2, 2, 42})).alert());
        byte[] sealed = client.record(21, 2, 42);
        assertNull(assertThrows(TlsException.class, () -> check(sealed)).alert());
        byte[] canceled = client.record(21, 1, 90);
        assertDoesNotThrow(() -> check(canceled));
    }

    @Test
    void whatDoesNotDecryptIsLeftToTheEngineAndCountsNothing() throws Exception {
        byte[] early = new TestingRecordPeer(SUITE, SECRET, new byte[32]).data("early");
        assertDoesNotThrow(() -> check(early));
        assertRefused(Alert.DECODE_ERROR, client.record(22, message(FINISHED, 31), 0));
    }

    @Test
    void aRecordIsNotLongerThanItMayBe() {
        byte[] record = new byte[5 + RecordFormat.MAX_PAYLOAD + 1];
        record[0] = 23;
        assertRefused(Alert.RECORD_OVERFLOW, record);
    }
}
