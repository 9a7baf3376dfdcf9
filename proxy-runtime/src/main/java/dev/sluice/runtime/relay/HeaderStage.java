package dev.sluice.runtime.relay;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;
import dev.sluice.runtime.observe.HeaderResult;
import dev.sluice.runtime.observe.HeaderText;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import dev.sluice.runtime.proxyprotocol.ProxyHeaderReader;
import dev.sluice.runtime.transport.AddressText;

/**
 * The stage of a connection in which its PROXY header is read, {@link RelayState#HEADER}: never a byte behind it, so that
 * filters see the client's first byte. Static; on the connection's loop.
 */
final class HeaderStage {
    private HeaderStage() {}

    /** Begins the stage, and ends it if the header is there already. */
    static void begin(DialledConnection connection, HeaderRules rules) {
        ReceivedHeader received = connection.expectHeader(rules);
        // The socket's own address decides, not one that a header claims.
        if (!rules.trusts(ClientAddress.peer(connection))) {
            refuse(connection, received, HeaderResult.UNTRUSTED, CloseReason.PROXY_HEADER_INVALID,
                    "the peer is not in proxyProtocol.trustedSources");
            return;
        }
        connection.state(RelayState.HEADER);
        connection.deadlineAt(connection.accepted() + rules.deadlineNanos());
        read(connection);
        if (connection.state() == RelayState.HEADER) {
            connection.client().updateInterest();
        }
    }

    /** Reads on; ends the stage if the header is complete, refused, or will never be complete. */
    static void read(DialledConnection connection) {
        ReceivedHeader received = connection.receivedHeader();
        ProxyHeaderReader reader = received == null ? null : received.reader();
        if (received == null || reader == null) {
            return;
        }
        LoopMemory memory = connection.loop().memory();
        Buffer buffer = memory.borrow();
        if (buffer == null) {
            connection.client().awaitMemory();
            return;
        }
        int count;
        try {
            count = read(connection, reader, buffer);
        } finally {
            memory.giveBack(buffer);
        }
        if (count < 0) {
            left(connection, received, reader);
        } else if (reader.refused()) {
            refuse(connection, received, HeaderResult.INVALID, CloseReason.PROXY_HEADER_INVALID, reader.problem());
        } else if (reader.missing() == 0) {
            complete(connection, received, reader.header());
        }
    }

    /** @return the result of the last read */
    private static int read(DialledConnection connection, ProxyHeaderReader reader, Buffer buffer) {
        int count = 0;
        while (reader.missing() > 0) {
            buffer.readAtMost(reader.missing());
            count = connection.client().discard(buffer);
            if (count <= 0) {
                return count;
            }
            connection.touch();
            reader.read(buffer);
            buffer.clear();
        }
        return count;
    }

    private static void complete(DialledConnection connection, ReceivedHeader received, ProxyHeader header) {
        received.complete(header);
        connection.counters().header(HeaderText.result(header));
        connection.state(RelayState.FILTERING);
        connection.client().updateInterest();
        connection.admit();
    }

    private static void left(DialledConnection connection, ReceivedHeader received, ProxyHeaderReader reader) {
        if (reader.received() == 0) {
            connection.close(CloseReason.CLIENT_FINISHED);
        } else {
            connection.counters().header(HeaderResult.LEFT);
            received.refuse("the stream ended after " + reader.received() + " bytes of the PROXY header");
            connection.close(CloseReason.PROXY_HEADER_INVALID);
        }
    }

    /** The header is not complete in time. */
    static void expire(DialledConnection connection) {
        ReceivedHeader received = connection.receivedHeader();
        ProxyHeaderReader reader = received == null ? null : received.reader();
        if (received != null && reader != null) {
            int count = reader.received();
            refuse(connection, received, HeaderResult.TIMEOUT, CloseReason.PROXY_HEADER_TIMEOUT,
                    (count == 0 ? "no byte" : "only " + count + " bytes") + " of the PROXY header came in time");
        }
    }

    /** The connection ends for another reason than its header. */
    static void abandon(DialledConnection connection) {
        ReceivedHeader received = connection.receivedHeader();
        if (received != null && received.reader() != null) {
            connection.counters().header(HeaderResult.LEFT);
        }
    }

    private static void refuse(DialledConnection connection, ReceivedHeader received, HeaderResult result,
            CloseReason reason,
            String why) {
        connection.counters().header(result);
        connection.listener().state().headerReports().refused(result,
                () -> AddressText.of(ClientAddress.peerAddress(connection.client().socket())), why, connection.now());
        received.refuse(why);
        connection.close(reason);
    }
}
