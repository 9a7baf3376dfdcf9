package dev.sluice.runtime.relay;

import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import dev.sluice.runtime.proxyprotocol.ProxyHeaderReader;
import org.jspecify.annotations.Nullable;

/**
 * The PROXY header of one connection: the part that has arrived, then the header, or the reason for which it was refused.
 * On the connection's loop.
 */
final class ReceivedHeader {
    private @Nullable ProxyHeaderReader reader;
    private @Nullable ProxyHeader header;
    private @Nullable String problem;

    /** A header of which nothing has arrived. */
    ReceivedHeader(int maxBytes) {
        reader = new ProxyHeaderReader(maxBytes);
    }

    /** The reader; null = the header is complete or refused. */
    @Nullable
    ProxyHeaderReader reader() {
        return reader;
    }

    /** The header; null = it is not complete. */
    @Nullable
    ProxyHeader header() {
        return header;
    }

    /** The reason for which it was refused; null = it was not. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Whether bytes have arrived and more are needed. */
    boolean isPartial() {
        return reader != null && reader.received() > 0;
    }

    void complete(ProxyHeader received) {
        header = received;
        reader = null;
    }

    void refuse(String why) {
        problem = why;
        reader = null;
    }
}
