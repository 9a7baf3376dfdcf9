package dev.sluice.api.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.DataAction;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.RetainedBytes;
import dev.sluice.api.StaleBytesException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class BorrowingTest {
    private static final FilterTraits INSPECTS = FilterTraits.inspects(CLIENT_TO_UPSTREAM);

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** Runs checks inside a callback; a check that fails fails the test. */
    private static void during(byte[] input, Consumer<BorrowedBytes> checks) {
        TestingConnection connection = TestingConnection.of(new TestingFilter(INSPECTS)
                .onData((direction, bytes, context) -> {
                    checks.accept(bytes);
                    return DataAction.DETACH;
                })).connect();
        connection.client(input);
        assertTrue(connection.detached(CLIENT_TO_UPSTREAM));
    }

    @Test
    void numbersAreBigEndian() {
        during(bytes(0xff, 0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88), bytes -> {
            assertEquals(-1, bytes.get(0));
            assertEquals(0xff, bytes.getUnsigned(0));
            assertEquals(0xff01, bytes.getUnsignedShort(0));
            assertEquals(0x8203, bytes.getUnsignedShort(2));
            assertEquals(0xff018203, bytes.getInt(0));
            assertEquals(0xff01820384058607L, bytes.getLong(0));
            assertEquals(0x0182038405860788L, bytes.getLong(1));
        });
    }

    @Test
    void bytesAreFoundAndCopied() {
        during(bytes(1, 2, 3, 2), bytes -> {
            assertEquals(1, bytes.indexOf((byte) 2, 0, 4));
            assertEquals(3, bytes.indexOf((byte) 2, 2, 4));
            assertEquals(-1, bytes.indexOf((byte) 2, 2, 3));
            assertTrue(bytes.startsWith(bytes(1, 2)));
            assertFalse(bytes.startsWith(bytes(1, 3)));
            assertFalse(bytes.startsWith(bytes(1, 2, 3, 2, 5)));
            byte[] copy = new byte[4];
            bytes.copyTo(1, copy, 2, 2);
            assertArrayEquals(bytes(0, 0, 2, 3), copy);
        });
    }

    @Test
    void everyAccessIsChecked() {
        during(bytes(1, 2, 3), bytes -> {
            bytes.forward(2);
            assertEquals(2, bytes.forwarded());
            List<Executable> beyond = List.of(() -> bytes.get(3), () -> bytes.get(-1), () -> bytes.getUnsignedShort(2),
                    () -> bytes.getInt(0), () -> bytes.getLong(0), () -> bytes.indexOf((byte) 0, 0, 4),
                    () -> bytes.copyTo(2, new byte[9], 0, 2), () -> bytes.forward(2), () -> bytes.forward(-1));
            for (Executable access : beyond) {
                assertThrows(IndexOutOfBoundsException.class, access);
            }
            assertThrows(IllegalArgumentException.class, () -> bytes.needAtLeast(-1));
        });
    }

    /** Everything that can be done with bytes. */
    private static List<Executable> uses(BorrowedBytes bytes) {
        return List.of(bytes::length, () -> bytes.get(0), () -> bytes.getUnsignedShort(0), () -> bytes.getInt(0),
                () -> bytes.getLong(0), () -> bytes.indexOf((byte) 0, 0, 0), () -> bytes.startsWith(new byte[0]),
                () -> bytes.copyTo(0, new byte[0], 0, 0), bytes::endOfStream, bytes::forwarded, () -> bytes.forward(0),
                bytes::forwardAll, () -> bytes.needAtLeast(0));
    }

    @Test
    void keptBytesAreNeverReadable() {
        List<BorrowedBytes> kept = new ArrayList<>();
        TestingFilter filter = new TestingFilter(INSPECTS).onData((direction, bytes, context) -> {
            kept.add(bytes);
            return DataAction.DETACH;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("secret, at least eight bytes");
        for (Executable use : uses(kept.getFirst())) {
            var error = assertThrows(StaleBytesException.class, use);
            assertEquals(
                    "the bytes lent to filter 'filter' for onData (client-to-upstream) were used after that callback"
                            + " had returned; copy what is needed later, or retain it",
                    error.getMessage());
        }
        // The filter swallowed the error; the test reports it all the same.
        var error = assertThrows(AssertionError.class, connection::state);
        assertInstanceOf(StaleBytesException.class, error.getCause());
    }

    @Test
    void bytesAreForTheThreadTheyWereLentTo() throws Exception {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        TestingFilter filter = new TestingFilter(INSPECTS).onData((direction, bytes, context) -> {
            Thread other = Thread.ofPlatform().name("other").start(() -> {
                try {
                    bytes.get(0);
                } catch (RuntimeException e) {
                    thrown.set(e);
                }
            });
            other.join();
            return DataAction.DETACH;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        assertThrows(AssertionError.class, () -> connection.client("secret"));
        assertEquals("the bytes lent to filter 'filter' for onData (client-to-upstream) were used by thread other;"
                + " copy what is needed later, or retain it",
                assertInstanceOf(StaleBytesException.class, thrown.get()).getMessage());
    }

    @Test
    void retainedBytesAreCountedUntilTheyAreGivenUp() {
        List<RetainedBytes> kept = new ArrayList<>();
        TestingFilter filter = new TestingFilter(INSPECTS.retains(8)).onData((direction, bytes, context) -> {
            kept.add(context.retain(bytes, 1, 5, "test"));
            bytes.forwardAll();
            return DataAction.CONTINUE;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("abcdef");
        assertEquals(5, connection.retainedBytes());
        RetainedBytes retained = kept.getFirst();
        byte[] copy = new byte[3];
        retained.copyTo(2, copy, 0, 3);
        assertArrayEquals(new byte[]{'d', 'e', 'f'}, copy);
        assertEquals('b', retained.get(0));
        assertEquals(5, retained.length());
        retained.close();
        retained.close();
        assertEquals(0, connection.retainedBytes());
        assertThrows(IllegalStateException.class, () -> retained.get(0));

        connection.client("ghijkl");
        connection.clientReset();
        assertEquals(0, connection.retainedBytes());
        assertThrows(IllegalStateException.class, () -> kept.getLast().get(0));
    }

    @Test
    void retainingMoreThanTheTraitsSayIsRefused() {
        TestingFilter filter = new TestingFilter(INSPECTS.retains(8)).onData((direction, bytes, context) -> {
            assertNotNull(context.retain(bytes, 0, 5, "test"));
            bytes.forwardAll();
            return DataAction.CONTINUE;
        });
        TestingConnection connection = TestingConnection.of(filter).expectingFailure().connect();
        connection.client("abcdef");
        connection.client("ghijkl");
        assertEquals("java.lang.IllegalStateException: retaining 5 bytes beside 5 is more than the traits say:"
                + " maxRetainedBytes 8", String.valueOf(connection.failure()));
        assertEquals(CloseReason.FILTER_FAILED, connection.closeReason());
    }

    @Test
    void whatIsFedIsCopied() {
        byte[] input = bytes(1, 2, 3);
        TestingFilter filter = new TestingFilter(INSPECTS);
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.send(CLIENT_TO_UPSTREAM, input, 1, 2);
        Arrays.fill(input, (byte) 9);
        assertArrayEquals(bytes(2, 3), connection.forwarded(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aConnectionBelongsToItsThread() throws Exception {
        TestingConnection connection = TestingConnection.of(new TestingFilter(INSPECTS)).connect();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread other = Thread.startVirtualThread(() -> {
            try {
                connection.client("a");
            } catch (IllegalStateException e) {
                thrown.set(e);
            }
        });
        other.join();
        assertInstanceOf(IllegalStateException.class, thrown.get());
    }

    @Test
    void aCallbackCannotDriveItsOwnConnection() {
        List<TestingConnection> self = new ArrayList<>();
        TestingFilter filter = new TestingFilter(INSPECTS).onData((direction, bytes, context) -> {
            self.getFirst().client("more");
            return DataAction.DETACH;
        });
        TestingConnection connection = TestingConnection.of(filter).expectingFailure().connect();
        self.add(connection);
        connection.client("a");
        assertEquals("java.lang.IllegalStateException: a callback cannot drive its own connection",
                String.valueOf(connection.failure()));
    }
}
