package dev.sluice.runtime.transport.epoll;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.transport.TransportException;

/** A service manager's end of the way by which processes report. One thread. */
public final class TestingNotifySocket implements AutoCloseable {
    private static final int MESSAGE_BYTES = 8192;

    private final String address;
    private final CallScratch scratch = new CallScratch();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment message = arena.allocate(MESSAGE_BYTES);
    private final List<String> received = new ArrayList<>();
    private final int descriptor;

    /** @param address a path, or {@code @} and an abstract name */
    public TestingNotifySocket(String address) throws TransportException {
        this.address = address;
        descriptor = Errno.check(
                Libc.socket(scratch, Linux.AF_UNIX, Linux.SOCK_DGRAM | Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK, 0));
        int length = SocketAddresses.putUnix(address, scratch.address());
        Errno.check(Libc.bind(scratch, descriptor, scratch.addressAddress(), length));
    }

    public String address() {
        return address;
    }

    /** All messages so far. */
    public List<String> received() {
        long bytes = Libc.recv(scratch, descriptor, message.address(), MESSAGE_BYTES, 0);
        while (bytes >= 0) {
            received.add(new String(message.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
            bytes = Libc.recv(scratch, descriptor, message.address(), MESSAGE_BYTES, 0);
        }
        return List.copyOf(received);
    }

    /** Forgets the messages so far. */
    public void clear() {
        received();
        received.clear();
    }

    /** Waits for a message, and returns it. */
    public String await(Predicate<String> wanted) {
        return Await.value("a message among " + received, () -> received().stream().filter(wanted).findFirst()
                .orElse(""), text -> !text.isEmpty());
    }

    @Override
    public void close() throws IOException {
        if (!arena.scope().isAlive()) {
            return;
        }
        Libc.close(descriptor);
        arena.close();
        scratch.close();
        if (address.startsWith("/")) {
            Files.delete(Path.of(address));
        }
    }
}
