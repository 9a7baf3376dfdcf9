package dev.sluice.api.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.Direction;
import org.jspecify.annotations.Nullable;

/** One of the two TCP connections of a recorded connection, while its packets are read. One thread. */
final class RecordedLeg {
    /** The legs of a connection, and what has come from both peers. */
    static final class Pair {
        private final List<String> notes = new ArrayList<>();
        private final List<RecordedConnection.Part> parts = new ArrayList<>();
        private boolean complete = true;
        private long start = -1;

        /** Begins a leg with its first packet. */
        RecordedLeg begin(RecordedPacket packet, boolean client, long nanos) {
            start = start < 0 ? nanos : start;
            complete &= (packet.flags() & RecordedPacket.SYN) != 0;
            // A client has connected to the proxy, and the proxy to the endpoint.
            return new RecordedLeg(this, client, client == packet.fromFirst());
        }

        RecordedConnection connection(long id) {
            return new RecordedConnection(id, notes, parts, complete);
        }
    }

    private final Pair pair;
    private final boolean client;
    private final boolean peerIsFirst;

    private RecordedLeg(Pair pair, boolean client, boolean peerIsFirst) {
        this.pair = pair;
        this.client = client;
        this.peerIsFirst = peerIsFirst;
    }

    void add(RecordedPacket packet, long nanos, @Nullable String comment) {
        if (comment != null && !pair.notes.contains(comment)) {
            pair.notes.add(comment);
        }
        pair.complete &= packet.whole();
        boolean end = (packet.flags() & RecordedPacket.FIN) != 0;
        if (packet.fromFirst() == peerIsFirst && (packet.data().length > 0 || end)) {
            pair.parts.add(
                    new RecordedConnection.Part(client ? Direction.CLIENT_TO_UPSTREAM : Direction.UPSTREAM_TO_CLIENT,
                            Duration.ofNanos(Math.max(0, nanos - pair.start)), packet.data(), end));
        }
    }
}
