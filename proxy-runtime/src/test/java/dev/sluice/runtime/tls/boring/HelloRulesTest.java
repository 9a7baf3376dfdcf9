package dev.sluice.runtime.tls.boring;

import java.util.List;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TestingHello;
import dev.sluice.runtime.tls.TlsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Hellos that keep the rules, and each rule broken once. */
class HelloRulesTest {
    private static final int[] SHARE_OF_X25519 = {0, 6, 0, 29, 0, 2, 7, 7};
    private static final int[] GROUPS = {0, 4, 0, 29, 0, 23};
    private static final int[] SIGNATURES = {0, 2, 4, 3};

    private final TestingBuffers buffers = new TestingBuffers(128 * 1024);
    private HelloRules rules = new HelloRules(List.of(), true);

    @AfterEach
    void giveBack() {
        buffers.close();
    }

    private static TestingHello good() {
        return new TestingHello().extension(10, GROUPS).extension(13, SIGNATURES).extension(51, SHARE_OF_X25519);
    }

    /** Gives all records to the rules. */
    private void take(byte[] records) throws TlsException {
        Buffer buffer = buffers.empty();
        buffer.append(records, 0, records.length);
        for (int at = 0; at < records.length; at += Records.length(buffer, at)) {
            rules.take(buffer, at, Records.length(buffer, at));
        }
    }

    private void assertRefused(Alert alert, byte[] records) {
        assertEquals(alert, assertThrows(TlsException.class, () -> take(records)).alert());
        rules = new HelloRules(List.of(), true);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50, 16_384})
    void aHelloInOrderIsTakenInRecordsOfAnySize(int most) {
        assertDoesNotThrow(() -> take(TestingHello.records(good().protocols("h2").message(null), most)));
    }

    @Test
    void helloOfSixtyKilobytesIsTakenAndOneOfEightyIsNot() {
        assertDoesNotThrow(() -> take(
                TestingHello.records(good().extension(21, new byte[60_000]).message(null), 16_384)));
        rules = new HelloRules(List.of(), true);
        assertRefused(Alert.ILLEGAL_PARAMETER, TestingHello.records(
                good().extension(21, new byte[40_000]).extension(1000, new byte[40_000]).message(null), 16_384));
    }

    @Test
    void aRecordOfAnotherTypeIsNoHello() {
        assertRefused(Alert.UNEXPECTED_MESSAGE, new byte[]{23, 3, 3, 0, 1, 0});
        assertRefused(Alert.UNEXPECTED_MESSAGE, new byte[]{21, 3, 3, 0, 0});
        assertDoesNotThrow(() -> take(new byte[]{21, 3, 3, 0, 2, 1, 0}));
    }

    @Test
    void protocolsHaveToBeShared() {
        rules = new HelloRules(List.of("h2", "http/1.1"), true);
        assertDoesNotThrow(() -> take(good().protocols("spdy", "http/1.1").bytes()));
        rules = new HelloRules(List.of("h2"), true);
        assertRefused(Alert.NO_APPLICATION_PROTOCOL, good().protocols("spdy").bytes());
        assertDoesNotThrow(() -> take(good().bytes()));
    }

    @Test
    void extensionsThatBelongTogetherAreThereTogether() {
        assertRefused(Alert.MISSING_EXTENSION,
                new TestingHello().extension(13, SIGNATURES).extension(51, SHARE_OF_X25519).bytes());
        assertRefused(Alert.MISSING_EXTENSION,
                new TestingHello().extension(13, SIGNATURES).extension(10, GROUPS).bytes());
        assertRefused(Alert.MISSING_EXTENSION,
                new TestingHello().extension(10, GROUPS).extension(51, SHARE_OF_X25519).bytes());
        assertRefused(Alert.MISSING_EXTENSION, new TestingHello().extension(13, SIGNATURES).bytes());
    }

    @Test
    void aServerWithoutTls13HasNoRulesOfIt() {
        rules = new HelloRules(List.of(), false);
        assertDoesNotThrow(() -> take(new TestingHello().extension(13, SIGNATURES).bytes()));
    }

    @Test
    void aKeyShareIsOfAGroupThatIsOffered() {
        assertRefused(Alert.ILLEGAL_PARAMETER, new TestingHello().extension(10, 0, 2, 0, 23).extension(13, SIGNATURES)
                .extension(51, SHARE_OF_X25519).bytes());
    }

    @Test
    void extensionsAreWellFormed() {
        assertRefused(Alert.DECODE_ERROR, good().extension(49, 1).bytes());
        assertRefused(Alert.DECODE_ERROR, good().extension(16).bytes());
        assertRefused(Alert.DECODE_ERROR, good().extension(16, 0, 0).bytes());
        assertRefused(Alert.DECODE_ERROR, good().extension(16, 0, 1, 0).bytes());
        assertRefused(Alert.DECODE_ERROR, good().extension(16, 0, 3, 2, 'h', '2', 0).bytes());
        assertRefused(Alert.DECODE_ERROR, new TestingHello().extension(10, 0, 0).bytes());
        assertRefused(Alert.ILLEGAL_PARAMETER, good().extension(1, 9).bytes());
        assertRefused(Alert.ILLEGAL_PARAMETER, good().extension(1, 1, 1).bytes());
    }

    @Test
    void theVersionOfAHelloIsOneOfTls() {
        byte[] old = good().bytes();
        old[9] = 3;
        old[10] = 0;
        assertRefused(Alert.PROTOCOL_VERSION, old);
    }

    @Test
    void aSecondHelloChangesNoMoreThanItMay() throws Exception {
        take(good().bytes());
        assertDoesNotThrow(() -> take(good().bytes()));
        first();
        assertRefused(Alert.ILLEGAL_PARAMETER, new TestingHello().extension(10, GROUPS).extension(13, SIGNATURES)
                .extension(51, 0, 12, 0, 29, 0, 2, 7, 7, 0, 23, 0, 2, 7, 7).bytes());
        first();
        assertRefused(Alert.ILLEGAL_PARAMETER, good().extension(42).bytes());
        first();
        byte[] otherSuite = good().bytes();
        // Headers, version, random number, session id and the length of the suites are before them.
        otherSuite[5 + 4 + 2 + 32 + 33 + 3] = 2;
        assertRefused(Alert.ILLEGAL_PARAMETER, otherSuite);
    }

    private void first() throws TlsException {
        rules = new HelloRules(List.of(), true);
        take(good().bytes());
    }

    @Test
    void nonsenseIsLeftToTheLibrary() {
        byte[] cut = good().bytes();
        // A length of the session id that leads behind the end.
        cut[5 + 4 + 2 + 32] = (byte) 255;
        assertDoesNotThrow(() -> take(cut));
    }
}
