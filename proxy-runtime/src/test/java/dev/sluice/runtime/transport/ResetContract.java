package dev.sluice.runtime.transport;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import dev.sluice.runtime.memory.Buffer;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Resets and hang-ups. A test of a transport extends this and says which one. */
public abstract class ResetContract extends TransportFixture {
    @Test
    void resetIsABreakForReaderAndWriter() throws TransportException {
        Pair pair = connectTcp();
        pair.client().reset();
        Buffer target = buffers.empty();
        assertEquals(StreamSocket.BROKEN, readWhenReady(pair.server(), server, target));
        assertTrue(pair.server().write(buffers.of("x")) < 0);
    }

    @Test
    void aResetIsToldToTheWriterThatMeetsItFirst() throws TransportException {
        Pair pair = connectTcp();
        pair.client().reset();
        int[] firstFailure = new int[1];
        pollUntil("the reset", () -> {
            firstFailure[0] = pair.server().write(buffers.of("x"));
            return firstFailure[0] < 0;
        });
        assertEquals(StreamSocket.BROKEN, firstFailure[0]);
    }

    /** The difference between a stream that ended before the break and one that the break has cut. */
    @Test
    void aResetBehindFinIsToldFromOneWithout() throws TransportException {
        Pair pair = connectTcp();
        pair.client().write(buffers.of("last"));
        pair.client().shutdownOutput();
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server(), server, target));
        pair.client().reset();
        int[] firstFailure = new int[1];
        pollUntil("the reset", () -> {
            firstFailure[0] = pair.server().write(buffers.of("x"));
            return firstFailure[0] < 0;
        });
        assertEquals(StreamSocket.BROKEN_AFTER_FIN, firstFailure[0]);
        assertEquals(StreamSocket.END_OF_STREAM, pair.server().read(target));
    }

    @Test
    void aResetThatNobodyReadsIsToldOnce() throws TransportException {
        Pair pair = connectTcp();
        pair.client().write(buffers.of("unread"));
        pair.client().reset();
        expectHangUp(StreamSocket.BROKEN);
        Buffer target = buffers.empty();
        assertEquals(6, readWhenReady(pair.server(), server, target), "bytes from before the reset");
        assertEquals(StreamSocket.BROKEN, readWhenReady(pair.server(), server, target));
    }

    @Test
    void aResetBehindFinThatNobodyReadsLeavesTheStreamComplete() throws TransportException {
        Pair pair = connectTcp();
        pair.client().write(buffers.of("last"));
        pair.client().shutdownOutput();
        pair.server().write(buffers.of("x"));
        readWhenReady(pair.client(), client, buffers.empty());
        pair.client().reset();
        expectHangUp(StreamSocket.BROKEN_AFTER_FIN);
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server(), server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server(), server, target));
    }

    /** Both directions have ended, which the kernel reports unasked; but there are still bytes to read. */
    @Test
    void aStreamThatHasEndedBothWaysIsNoResetAndCanStillBeRead() throws TransportException {
        Pair pair = connectTcp();
        pair.client().write(buffers.of("last"));
        pair.client().shutdownOutput();
        pair.server().shutdownOutput();
        pair.client().interest(true, false);
        pollUntil("FIN of the server", () -> client.readable);
        poller().poll(0, new TestingDispatcher());
        assertEquals(0, server.hangUps);
        Buffer target = buffers.empty();
        assertEquals(4, readWhenReady(pair.server(), server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server(), server, target));
    }

    /** A Unix socket has no RST; this is what there is instead. */
    @Test
    void aUnixSocketResetsOnlyAPeerWhoseBytesWereNotRead() throws TransportException {
        Pair pair = connect(listen(UnixDomainSocketAddress.of(directory.resolve("s")), 1));
        pair.server().write(buffers.of("unread"));
        pair.client().write(buffers.of("partial"));
        pair.client().reset();
        Buffer target = buffers.empty();
        assertEquals(7, readWhenReady(pair.server(), server, target));
        assertEquals(StreamSocket.BROKEN, readWhenReady(pair.server(), server, target));
    }

    /** The one exception to the rule that a cut never looks like an end. If this fails, the system has learnt it: say so in operations.md. */
    @Test
    void aUnixSocketWithoutUnreadBytesEndsAsIfItWereComplete() throws TransportException {
        Pair pair = connect(listen(UnixDomainSocketAddress.of(directory.resolve("s")), 1));
        pair.client().write(buffers.of("partial"));
        pair.client().reset();
        Buffer target = buffers.empty();
        assertEquals(7, readWhenReady(pair.server(), server, target));
        assertEquals(StreamSocket.END_OF_STREAM, readWhenReady(pair.server(), server, target));
    }

    @Test
    void whoItWasIsKnownAfterTheReset() throws TransportException {
        Pair pair = connectTcp();
        SocketAddress before = pair.server().remoteAddress();
        pair.client().reset();
        assertEquals(StreamSocket.BROKEN, readWhenReady(pair.server(), server, buffers.empty()));
        assertEquals(before, pair.server().remoteAddress());
    }

    private void expectHangUp(int how) {
        if (isNative()) {
            awaitHangUp();
            assertEquals(how, server.how);
            poller().poll(0, new TestingDispatcher());
            assertEquals(1, server.hangUps);
        }
    }
}
