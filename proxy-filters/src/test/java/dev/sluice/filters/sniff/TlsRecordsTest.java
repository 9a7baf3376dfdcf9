package dev.sluice.filters.sniff;

import java.util.Arrays;
import java.util.List;

import dev.sluice.api.Attributes;
import dev.sluice.api.testkit.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.filters.sniff.TestingHello.bytes;
import static dev.sluice.filters.sniff.TestingHello.join;
import static dev.sluice.filters.sniff.TestingHello.record;
import static dev.sluice.filters.sniff.TestingHello.recordsCutAt;
import static dev.sluice.filters.sniff.TestingHello.recordsOf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/**
 * A ClientHello may be cut into records anywhere, and may be large; and no length that lies gets a wrong name through.
 */
class TlsRecordsTest {
    private static final String NAME = "records.example";
    private static final SniffConfig CONFIG = TestingSniffer.config(Unknown.PASS, Protocol.TLS);
    private static final SniffConfig LARGEST = TestingSniffer.config(Unknown.PASS, 64 * 1024,
            List.of(Protocol.TLS));
    private static final int RECORD_HEADER = 5;

    private static void assertFound(Outcome outcome, byte[] flight) {
        assertEquals(Outcome.State.OPEN, outcome.state(), outcome::toString);
        assertEquals(NAME, outcome.attribute(Attributes.SNI));
        assertArrayEquals(flight, outcome.forwarded(CLIENT_TO_UPSTREAM));
    }

    private static void assertRefused(String why, Outcome outcome) {
        assertEquals(Outcome.State.REJECTED, outcome.state(), outcome::toString);
        assertEquals("TLS ClientHello refused: " + why, outcome.explanation());
        assertNull(outcome.attribute(Attributes.SNI));
    }

    @Test
    void cutIntoTwoRecordsEverywhere() {
        byte[] message = new TestingHello().alpn("h2").serverName(NAME).versions(0x0304).message();
        for (int cut = 1; cut < message.length; cut++) {
            byte[] flight = recordsCutAt(message, cut);
            assertFound(TestingSniffer.outcomeOfLong(CONFIG, flight), flight);
        }
    }

    @Test
    void inRecordsOfEverySize() {
        byte[] message = new TestingHello().alpn("h2").serverName(NAME).versions(0x0304).message();
        for (int size = 1; size <= message.length; size++) {
            byte[] flight = recordsOf(message, size);
            assertFound(TestingSniffer.outcomeOfLong(CONFIG, flight), flight);
        }
    }

    @Test
    void inRecordsOfAnyMinorVersion() {
        byte[] flight = new TestingHello().serverName(NAME).record();
        for (int minor = 0; minor < 256; minor++) {
            flight[2] = (byte) minor;
            assertFound(TestingSniffer.outcomeInOnePiece(CONFIG, flight), flight);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_800, 4_096, 10_000, 16_000, TestingSniffer.MAX_BYTES - RECORD_HEADER})
    void largeAsWithPostQuantumKeys(int size) {
        byte[] message = TestingHello.messageOf(NAME, size);
        assertEquals(size, message.length);
        byte[] one = record(message);
        assertFound(TestingSniffer.outcomeOfLong(CONFIG, one), one);
        byte[] segments = recordsOf(message, 8_000);
        if (segments.length <= TestingSniffer.MAX_BYTES) {
            assertFound(TestingSniffer.outcomeOfLong(CONFIG, segments), segments);
        }
    }

    @Test
    void aPostQuantumKeyShareBeforeTheName() {
        byte[] flight = new TestingHello().keyShare(1_216).serverName(NAME).alpn("h2").record();
        assertFound(TestingSniffer.outcome(CONFIG, flight), flight);
    }

    @Test
    void sixteenKibibytesInRecordsOfOneByte() {
        byte[] flight = recordsOf(TestingHello.messageOf(NAME, 10_000), 1);
        assertFound(TestingSniffer.outcomeInOnePiece(LARGEST, flight), flight);
        byte[] most = recordsOf(TestingHello.messageOf(NAME, TestingSniffer.MAX_BYTES), 7);
        assertFound(TestingSniffer.outcomeInOnePiece(LARGEST, most), most);
    }

    @Test
    void moreThanCanBeHeldIsRefusedAsSoonAsThatIsClear() {
        int size = TestingSniffer.MAX_BYTES - RECORD_HEADER + 1;
        byte[] flight = record(TestingHello.messageOf(NAME, size));
        String why = size + " bytes, which with their records do not fit in maxBytes, 16384";
        assertRefused(why, TestingSniffer.outcomeOfLong(CONFIG, flight));
        assertRefused(why, TestingSniffer.outcomeInOnePiece(CONFIG, Arrays.copyOf(flight, 9)));
    }

    @Test
    void recordsThatMakeItTooLargeAreRefusedWithoutWaitingForTheLast() {
        byte[] flight = recordsOf(TestingHello.messageOf(NAME, 4_000), 1);
        String why = "4000 bytes, which with their records do not fit in maxBytes, 16384";
        assertRefused(why, TestingSniffer.outcomeOfLong(CONFIG, flight));
        assertRefused(why, TestingSniffer.outcomeInOnePiece(CONFIG, Arrays.copyOf(flight, 15_000)));
    }

    @Test
    void whatComesBehindTheHelloIsNotLookedAt() {
        byte[] hello = new TestingHello().serverName(NAME).record();
        byte[] early = join(hello, bytes(20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 2, 7, 7));
        assertFound(TestingSniffer.outcome(CONFIG, early), early);
        byte[] garbage = join(hello, bytes(0, 1, 2, 3, 4, 5, 6, 7));
        assertFound(TestingSniffer.outcome(CONFIG, garbage), garbage);
    }

    @Test
    void recordsThatAreNotAllowed() {
        byte[] message = new TestingHello().serverName(NAME).message();
        byte[] begin = record(Arrays.copyOf(message, 50));
        assertRefused("an empty record", TestingSniffer.outcome(CONFIG, bytes(22, 3, 1, 0, 0)));
        assertRefused("an empty record", TestingSniffer.outcome(CONFIG, join(begin, bytes(22, 3, 1, 0, 0))));
        assertRefused("a record of 16385 bytes; at most 16384 are allowed",
                TestingSniffer.outcome(CONFIG, bytes(22, 3, 1, 0x40, 1, 1, 0, 0, 50)));
        assertRefused("a record of type 23 within the message",
                TestingSniffer.outcome(CONFIG, join(begin, bytes(23, 3, 3, 0, 1, 0))));
        assertRefused("a record of version 2.1",
                TestingSniffer.outcome(CONFIG, join(begin, bytes(22, 2, 1, 0, 1, 0))));
        assertRefused("3 bytes behind the message in its record",
                TestingSniffer.outcome(CONFIG, record(join(message, bytes(1, 2, 3)))));
    }

    @Test
    void anotherHandshakeMessage() {
        byte[] message = new TestingHello().serverName(NAME).message();
        message[0] = 2;
        assertRefused("a handshake message of type 2 instead of it",
                TestingSniffer.outcome(CONFIG, record(message)));
        assertRefused("a handshake message of type 0 instead of it",
                TestingSniffer.outcome(CONFIG, bytes(22, 3, 1, 0, 4, 0, 0, 0, 0)));
    }

    @Test
    void aMessageWithoutContent() {
        assertRefused("it ends within the version",
                TestingSniffer.outcome(CONFIG, bytes(22, 3, 1, 0, 4, 1, 0, 0, 0)));
    }

    /** Each length in turn tells more and less than there is: the connection ends, and no name comes out. */
    @Test
    void lyingLengths() {
        byte[] hello = new TestingHello().alpn("h2").serverName(NAME).versions(0x0304).padding(9).record();
        for (int[] field : lengthFields(hello)) {
            int at = field[0];
            int width = field[1];
            int right = read(hello, at, width);
            int most = (1 << (8 * width)) - 1;
            for (int lie : new int[]{0, 1, right - 1, right + 1, right + 2, right / 2, right * 2, most / 2, most}) {
                if (lie == right || lie < 0 || lie > most) {
                    continue;
                }
                byte[] liar = hello.clone();
                write(liar, at, width, lie);
                Outcome outcome = TestingSniffer.outcomeBehindFin(CONFIG, liar);
                assertEquals(Outcome.State.REJECTED, outcome.state(),
                        () -> "length at " + at + " is " + right + ", says " + lie + ": " + outcome);
                TestingSniffer.outcomeOfLong(CONFIG, liar);
            }
        }
    }

    /** The places of the lengths of {@link #lyingLengths}, and their sizes in bytes. */
    private static int[][] lengthFields(byte[] hello) {
        int session = RECORD_HEADER + 4 + 2 + 32;
        int suites = session + 1 + hello[session];
        int compression = suites + 2 + read(hello, suites, 2);
        int extensions = compression + 1 + hello[compression];
        int alpn = extensions + 2;
        int name = alpn + 4 + read(hello, alpn + 2, 2);
        int versions = name + 4 + read(hello, name + 2, 2);
        int padding = versions + 4 + read(hello, versions + 2, 2);
        return new int[][]{{3, 2}, {6, 3}, {session, 1}, {suites, 2}, {compression, 1}, {extensions, 2},
            {alpn + 2, 2}, {alpn + 4, 2}, {alpn + 6, 1}, {name + 2, 2}, {name + 4, 2}, {name + 7, 2},
            {versions + 2, 2}, {versions + 4, 1}, {padding + 2, 2}};
    }

    private static int read(byte[] bytes, int at, int width) {
        int value = 0;
        for (int i = 0; i < width; i++) {
            value = (value << 8) | (bytes[at + i] & 0xff);
        }
        return value;
    }

    private static void write(byte[] bytes, int at, int width, int value) {
        for (int i = 0; i < width; i++) {
            bytes[at + i] = (byte) (value >>> (8 * (width - 1 - i)));
        }
    }
}
