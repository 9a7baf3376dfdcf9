package dev.sluice.runtime.transport.epoll;

import java.nio.file.Path;
import java.util.List;

import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.transport.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@EnabledOnOs(OS.LINUX)
class NotifySocketTest {
    private final Ledger ledger = Ledger.open();

    @Test
    void messagesArriveWhole(@TempDir Path directory) throws Exception {
        for (String address : List.of(directory.resolve("notify").toString(),
                "@sluice-test-" + ProcessHandle.current().pid())) {
            try (TestingNotifySocket manager = new TestingNotifySocket(address);
                    NotifySocket socket = NotifySocket.open(address)) {
                socket.send("READY=1\nSTATUS=ö");
                socket.send("x".repeat(4096));
                assertEquals(List.of("READY=1\nSTATUS=ö", "x".repeat(4096)), manager.received());
            }
        }
        ledger.settle();
    }

    @Test
    void theNextManagerAtTheAddressIsReached(@TempDir Path directory) throws Exception {
        String address = directory.resolve("notify").toString();
        try (NotifySocket socket = NotifySocket.open(address)) {
            assertThrows(TransportException.class, () -> socket.send("nobody is there"));
            try (TestingNotifySocket first = new TestingNotifySocket(address)) {
                socket.send("one");
                assertEquals(List.of("one"), first.received());
            }
            assertThrows(TransportException.class, () -> socket.send("gone"));
            try (TestingNotifySocket second = new TestingNotifySocket(address)) {
                socket.send("two");
                assertEquals(List.of("two"), second.received());
            }
        }
        ledger.settle();
    }

    /** As the kernel has it: a manager that does not read fills its queue, and the next message is given up. */
    @Test
    void aManagerThatDoesNotReadHoldsUpNobodyForEver(@TempDir Path directory) throws Exception {
        String address = directory.resolve("notify").toString();
        try (TestingNotifySocket manager = new TestingNotifySocket(address);
                NotifySocket socket = NotifySocket.open(address)) {
            assertThrows(TransportException.class, () -> {
                while (true) {
                    socket.send("WATCHDOG=1");
                }
            });
            manager.clear();
            socket.send("READY=1");
            assertEquals(List.of("READY=1"), manager.received());
        }
        ledger.settle();
    }

    @Test
    void otherAddressesAreRefused() {
        assertEquals("it is no address of a Unix socket; allowed: a path that begins with /, or @ and an abstract name",
                assertThrows(TransportException.class, () -> NotifySocket.open("vsock:2:1234")).getMessage());
        assertThrows(TransportException.class, () -> NotifySocket.open("/" + "x".repeat(108)));
        assertThrows(TransportException.class, () -> NotifySocket.open("@" + "x".repeat(108)));
        ledger.settle();
    }
}
