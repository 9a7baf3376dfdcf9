package dev.sluice.filters.sniff;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

import com.sun.management.ThreadMXBean;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.filters.sniff.TestingHello.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The effort that a client can cause: no allocation by a number that it sends, and no work that grows with the way it
 * cuts its bytes.
 */
class EffortTest {
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 1_000;
    private static final long MAX_ALLOCATED = 1024;

    /** The lengths in them are as large as can be. */
    static List<byte[]> liars() {
        return List.of(
                bytes(22, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff),
                bytes(22, 3, 1, 0x3f, 0xff, 1, 0, 0x3f, 0xf0),
                bytes(22, 3, 1, 0xff, 0xff, 1, 0xff, 0xff, 0xff),
                bytes(0, 0, 0x27, 0x10, 0, 3, 0, 0, 'u'),
                bytes(0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0, 'u'),
                bytes(0, 0, 0xff, 0xff, 0, 18, 0, 3, 0),
                bytes('*', '9', '9', '9', '9', '9', '9', '9', '\r'),
                bytes(0x10, 0xff, 0xff, 0xff, 0x7f, 0, 4, 'M', 'Q'),
                bytes(5, 255, 0, 0, 0, 0, 0, 0, 0),
                bytes(3, 0, 0xff, 0xff, 0xff, 0xe0, 0, 0, 0));
    }

    /** With what the test kit allocates for feeding them, and for telling of the deadline. */
    @ParameterizedTest
    @MethodSource("liars")
    void nineBytesAllocateNoMoreThanAKibibyte(byte[] attack) {
        SniffConfig config = TestingSniffer.config(Unknown.REJECT, TestingSniffer.CLIENT_FIRST);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (TestingConnection connection = TestingSniffer.connect(config)) {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < WARM_UP + MEASURED; i++) {
                connection.reconnect();
                long before = threads.getCurrentThreadAllocatedBytes();
                connection.client(attack);
                connection.advance(TestingSniffer.DEADLINE);
                long allocated = threads.getCurrentThreadAllocatedBytes() - before;
                if (i >= WARM_UP) {
                    least = Math.min(least, allocated);
                }
            }
            long measured = least;
            assertTrue(measured <= MAX_ALLOCATED, () -> measured + " bytes for " + Arrays.toString(attack));
        }
    }

    @Test
    void allConnectionsShareOneFilter() {
        try (CountingFactory factory = counting();
                TestingConnection connection = TestingConnection.of(factory).connect()) {
            ConnectionFilter first = factory.filter();
            connection.reconnect();
            assertSame(first, factory.filter());
        }
    }

    @Test
    void aHelloByteByByteIsLookedAtOnceForEachRecord() {
        byte[] message = TestingHello.messageOf("a.example", 16_000);
        // At each byte until it is known how long the message is; then at its end, or behind the header of each further
        // record.
        assertEquals(8, afterDribbling(TestingHello.record(message)).calls());
        assertEquals(9, afterDribbling(TestingHello.recordsCutAt(message, 8_000)).calls());
        assertEquals(23, afterDribbling(TestingHello.recordsOf(message, 1_000)).calls());
    }

    @Test
    void aHelloByteByByteIsReadNotMuchMoreThanOnce() {
        byte[] flight = TestingHello.record(TestingHello.messageOf("a.example", 16_000));
        assertTrue(afterDribbling(flight).reads() < flight.length);
    }

    private static CountingFactory counting() {
        return new CountingFactory(new SniffProvider().create(
                TestingSniffer.config(Unknown.PASS, TestingSniffer.CLIENT_FIRST), new TestingEnvironment()));
    }

    private static CountingFactory afterDribbling(byte[] flight) {
        CountingFactory factory = counting();
        try (TestingConnection connection = TestingConnection.of(factory).connect()) {
            for (int i = 0; i < flight.length; i++) {
                assertFalse(connection.detached(CLIENT_TO_UPSTREAM));
                connection.send(CLIENT_TO_UPSTREAM, flight, i, 1);
            }
            assertTrue(connection.detached(CLIENT_TO_UPSTREAM));
        }
        return factory;
    }
}
