package dev.sluice.filters.sniff;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.testkit.FilterKit;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.Segmentations;
import dev.sluice.api.testkit.TestingConnection;

/** Configurations of the filter, and connections with it. */
final class TestingSniffer {
    static final Duration SILENCE = Duration.ofSeconds(1);
    static final Duration DEADLINE = Duration.ofSeconds(5);
    static final int MAX_BYTES = 16 * 1024;
    /** All whose clients speak first: what a configuration has that does not say. */
    static final List<Protocol> CLIENT_FIRST = List.copyOf(EnumSet.complementOf(EnumSet.of(Protocol.MYSQL)));
    /** For streams so long that to cut them everywhere takes long. */
    private static final Segmentations SOME = Segmentations.dribble().and(Segmentations.random(7, 16));

    private TestingSniffer() {}

    static SniffConfig config(Unknown unknown, List<Protocol> protocols) {
        return config(unknown, MAX_BYTES, protocols);
    }

    static SniffConfig config(Unknown unknown, int maxBytes, List<Protocol> protocols) {
        return new SniffConfig(protocols, SILENCE, DEADLINE, new ByteSize(maxBytes), unknown, InvalidName.IGNORE);
    }

    static SniffConfig config(Unknown unknown, Protocol... protocols) {
        return config(unknown, List.of(protocols));
    }

    static TestingConnection connect(SniffConfig config) {
        return TestingConnection.of(new SniffProvider(), config).connect();
    }

    /** {@return the outcome of these bytes, however they are cut} */
    static Outcome outcome(SniffConfig config, byte[] bytes) {
        try (TestingConnection connection = connect(config)) {
            return FilterKit.of(connection).sameOutcomeForEverySegmentation(bytes);
        }
    }

    /** The same, cut in some ways, and not broken off. */
    static Outcome outcomeOfLong(SniffConfig config, byte[] bytes) {
        try (TestingConnection connection = connect(config)) {
            return FilterKit.of(connection).segmentations(SOME).brokenOff(false)
                    .endings(FilterKit.Ending.NONE, FilterKit.Ending.DEADLINE)
                    .sameOutcomeForEverySegmentation(bytes);
        }
    }

    /** {@return the outcome of these bytes in one piece} */
    static Outcome outcomeInOnePiece(SniffConfig config, byte[] bytes) {
        try (TestingConnection connection = connect(config)) {
            return FilterKit.of(connection).outcome(bytes);
        }
    }

    /** {@return the outcome of these bytes, when the client then finishes} */
    static Outcome outcomeBehindFin(SniffConfig config, byte[] bytes) {
        try (TestingConnection connection = connect(config)) {
            connection.client(bytes);
            connection.clientFin();
            return connection.outcome();
        }
    }
}
