package dev.sluice.runtime.transport.epoll;

import java.time.Duration;
import java.util.Objects;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.KernelPipe;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.transport.ListeningContract;
import dev.sluice.runtime.transport.ResetContract;
import dev.sluice.runtime.transport.StreamContract;
import dev.sluice.runtime.transport.StreamSocket;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.TransportException;
import dev.sluice.runtime.transport.TransportFixture;
import dev.sluice.runtime.transport.UnixPathContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

@EnabledOnOs(OS.LINUX)
class EpollTransportTest {
    @Nested
    class Streams extends StreamContract {
        @Override
        protected Transport transport() {
            return new EpollTransport();
        }
    }

    @Nested
    class Resets extends ResetContract {
        @Override
        protected Transport transport() {
            return new EpollTransport();
        }
    }

    @Nested
    class Listening extends ListeningContract {
        @Override
        protected Transport transport() {
            return new EpollTransport();
        }
    }

    @Nested
    class UnixPaths extends UnixPathContract {
        @Override
        protected Transport transport() {
            return new EpollTransport();
        }
    }

    @Nested
    class OfLinux extends TransportFixture {
        @Override
        protected Transport transport() {
            return new EpollTransport();
        }

        /** The kernel would report a break for as long as the socket is in the set: a loop with one of these would never sleep again. */
        @Test
        void whatIsBrokenDoesNotKeepTheLoopAwake() throws Exception {
            Pair pair = connectTcp();
            pair.client().reset();
            awaitHangUp();
            long millis = 20;
            long before = System.nanoTime();
            assertEquals(0, pollFor(Duration.ofMillis(millis)));
            assertTrue(System.nanoTime() - before >= Duration.ofMillis(millis).toNanos(), "it did not sleep");
        }

        @Test
        void optionsArePassedOn() throws Exception {
            Pair pair = connectTcp();
            for (StreamSocket socket : new StreamSocket[]{pair.client(), pair.server()}) {
                assertEquals(1, option(socket, Linux.IPPROTO_TCP, Linux.TCP_NODELAY));
                assertEquals(1, option(socket, Linux.SOL_SOCKET, Linux.SO_KEEPALIVE));
                assertEquals(OPTIONS.keepAliveIdleSeconds(), option(socket, Linux.IPPROTO_TCP, Linux.TCP_KEEPIDLE));
                assertEquals(OPTIONS.keepAliveIntervalSeconds(),
                        option(socket, Linux.IPPROTO_TCP, Linux.TCP_KEEPINTVL));
                assertEquals(OPTIONS.keepAliveCount(), option(socket, Linux.IPPROTO_TCP, Linux.TCP_KEEPCNT));
                assertEquals(OPTIONS.userTimeoutMillis(), option(socket, Linux.IPPROTO_TCP, Linux.TCP_USER_TIMEOUT));
            }
        }

        /** Splices into a socket until it takes a part only. */
        private KernelPipe spliceUntilShort(StreamSocket target) throws TransportException {
            Pair source = connectTcp();
            KernelPipe pipe = Objects.requireNonNull(poller().openPipe(1 << 20));
            Buffer bytes = buffers.empty();
            for (int rounds = 0; rounds < 10_000; rounds++) {
                if (pipe.content() == 0) {
                    source.client().write(TestingBuffers.refill(bytes, BUFFER_BYTES));
                    pollUntil("bytes to splice", () -> source.server().spliceTo(pipe, 1 << 20) > 0);
                }
                int content = pipe.content();
                if (target.spliceFrom(pipe) > 0 && pipe.content() > 0 && pipe.content() < content) {
                    return pipe;
                }
            }
            throw new AssertionError("the socket takes everything");
        }

        /** The system reports a reset once. A splice that has moved a part returns that, and the report is lost. */
        @Test
        void aResetThatAShortSpliceHasSwallowedIsNoEndOfStream() throws Exception {
            for (boolean reading : new boolean[]{true, false}) {
                Pair pair = connectTcp();
                KernelPipe pipe = spliceUntilShort(pair.server());
                pair.client().reset();
                long deadline = System.nanoTime() + PATIENCE;
                // In the place of the splice.
                while (option(pair.server(), Linux.SOL_SOCKET, Linux.SO_ERROR) == 0) {
                    assertTrue(System.nanoTime() < deadline, "no reset came");
                }
                Buffer buffer = buffers.empty();
                assertEquals(StreamSocket.BROKEN,
                        reading ? pair.server().read(buffer) : pair.server().spliceFrom(pipe));
                assertEquals(StreamSocket.BROKEN, pair.server().read(buffer));
                pipe.close();
            }
        }

        @Test
        void aFinBesideAShortSpliceIsAnEndOfStream() throws Exception {
            Pair pair = connectTcp();
            KernelPipe pipe = spliceUntilShort(pair.server());
            pair.client().shutdownOutput();
            Buffer buffer = buffers.empty();
            assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server(), server, buffer));
            pipe.close();
        }

        private int option(StreamSocket socket, int level, int name) throws TransportException {
            try (CallScratch scratch = new CallScratch()) {
                Errno.check(Libc.getsockopt(scratch, ((EpollStreamSocket) socket).descriptor(), level, name,
                        scratch.value(-1), scratch.length(Integer.BYTES)));
                return scratch.value();
            }
        }
    }

    @Test
    void itSaysWhyItCannotBeUsed() {
        assertEquals("it needs Linux, and this is Mac OS X", EpollTransport.whyNot("Mac OS X", "aarch64", null, true));
        assertEquals("it needs an x86-64 or aarch64 processor, and this is riscv64",
                EpollTransport.whyNot("Linux", "riscv64", null, true));
        assertEquals("the JVM was started without --enable-native-access=dev.sluice.runtime",
                EpollTransport.whyNot("Linux", "amd64", "dev.sluice.runtime", false));
        assertEquals("the JVM was started without --enable-native-access=ALL-UNNAMED",
                EpollTransport.whyNot("Linux", "amd64", null, false));
        assertNull(EpollTransport.whyNot("Linux", "aarch64", null, true));
        assertNull(EpollTransport.whyNot(), "the tests run with native access");
    }
}
