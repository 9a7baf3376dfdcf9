package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The peers of a section, all started, each before the same upstream. All but one are idle at a time. */
final class Field implements AutoCloseable {
    private final List<Peer> peers = new ArrayList<>();

    /** Starts all of them. */
    Field(List<Peer.Kind> kinds, int upstream) throws IOException {
        try {
            for (Peer.Kind kind : kinds) {
                peers.add(kind.before(upstream).start());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The work of one peer in its turn. */
    @FunctionalInterface
    interface Turn {
        void take(Peer peer) throws IOException;
    }

    /** Gives every peer its turn of a round. */
    void each(int round, Turn turn) throws IOException {
        for (Peer peer : Turns.order(peers, round)) {
            turn.take(peer);
        }
    }

    @Override
    public void close() {
        peers.forEach(Peer::close);
    }
}
