package dev.sluice.runtime.relay;

import java.util.List;
import java.util.stream.Stream;

import dev.sluice.runtime.observe.ReadBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The rules by which a side is read, without a socket. */
class SideTableTest {
    /** A side of which everything says that it is read, to be changed one thing at a time. */
    record Look(RelayState state, byte receiving, boolean broken, boolean gated, boolean waiting,
            boolean peerOwed, boolean peerBroken, byte filters) {
        static Look in(RelayState state) {
            return new Look(state, SideTable.OPEN, false, false, false, false, false, SideTable.UNFILTERED);
        }

        Look receiving(byte as) {
            return new Look(state, as, broken, gated, waiting, peerOwed, peerBroken, filters);
        }

        Look asBroken() {
            return new Look(state, receiving, true, gated, waiting, peerOwed, peerBroken, filters);
        }

        Look asGated() {
            return new Look(state, receiving, broken, true, waiting, peerOwed, peerBroken, filters);
        }

        Look asWaiting() {
            return new Look(state, receiving, broken, gated, true, peerOwed, peerBroken, filters);
        }

        Look withPeerOwed() {
            return new Look(state, receiving, broken, gated, waiting, true, peerBroken, filters);
        }

        Look withPeerBroken() {
            return new Look(state, receiving, broken, gated, waiting, peerOwed, true, filters);
        }

        Look filters(byte as) {
            return new Look(state, receiving, broken, gated, waiting, peerOwed, peerBroken, as);
        }

        int blockedBy() {
            return SideTable.blockedBy(state, receiving, broken, gated, waiting, peerOwed, peerBroken, filters);
        }
    }

    private static Arguments row(Look look, ReadBlock... blocks) {
        return arguments(look, Stream.of(blocks).map(ReadBlock::label).toList());
    }

    static Stream<Arguments> rows() {
        Look open = Look.in(RelayState.OPEN);
        Look filtering = Look.in(RelayState.FILTERING);
        Look lingering = Look.in(RelayState.LINGERING);
        Look resetting = Look.in(RelayState.RESETTING);
        return Stream.of(
                row(open),
                row(open.filters(SideTable.FILTERED)),
                row(open.filters(SideTable.SUSPENDED), ReadBlock.SUSPENDED),
                row(open.asGated(), ReadBlock.GATE),
                row(open.asWaiting(), ReadBlock.MEMORY),
                row(open.withPeerOwed(), ReadBlock.PEER_OWED),
                row(open.withPeerBroken(), ReadBlock.PEER_BROKEN),
                row(open.receiving(SideTable.FINISHED), ReadBlock.FINISHED),
                row(open.withPeerOwed().asGated(), ReadBlock.PEER_OWED, ReadBlock.GATE),
                // Bytes that arrived before the break are still read.
                row(open.asBroken()),

                row(filtering, ReadBlock.NOT_CONNECTED),
                row(filtering.filters(SideTable.FILTERED)),
                row(filtering.filters(SideTable.SUSPENDED), ReadBlock.SUSPENDED),
                row(filtering.filters(SideTable.FILTERED).asGated(), ReadBlock.GATE),
                // What filters have let pass before routing waits for the endpoint, and keeps no filter from the rest.
                row(filtering.filters(SideTable.FILTERED).withPeerOwed()),
                row(Look.in(RelayState.CONNECTING), ReadBlock.NOT_CONNECTED),
                row(Look.in(RelayState.TARPIT), ReadBlock.ENDING),
                row(Look.in(RelayState.CLOSED), ReadBlock.ENDING),

                row(lingering),
                row(lingering.asGated()),
                row(lingering.withPeerOwed()),
                row(lingering.filters(SideTable.SUSPENDED)),
                row(lingering.asWaiting(), ReadBlock.MEMORY),
                row(lingering.asBroken(), ReadBlock.ENDING),
                row(lingering.receiving(SideTable.FINISHED), ReadBlock.FINISHED),

                row(resetting, ReadBlock.ENDING),
                row(resetting.asBroken()),
                row(resetting.asBroken().withPeerOwed(), ReadBlock.PEER_OWED),
                row(resetting.asBroken().asGated(), ReadBlock.GATE),
                row(resetting.asBroken().receiving(SideTable.CUT), ReadBlock.FINISHED));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void aSideIsReadUnless(Look look, List<String> blocks) {
        assertEquals(blocks.stream().sorted().toList(), ReadBlock.labels(look.blockedBy()).stream().sorted().toList());
    }

    @ParameterizedTest
    @EnumSource(RelayState.class)
    void nothingIsReadAfterTheEndOfTheStream(RelayState state) {
        assertNotEquals(0, Look.in(state).receiving(SideTable.FINISHED).blockedBy());
        assertNotEquals(0, Look.in(state).asBroken().receiving(SideTable.CUT).blockedBy());
    }

    @ParameterizedTest
    @EnumSource(RelayState.class)
    void nothingIsReadWithoutABufferToReadInto(RelayState state) {
        assertNotEquals(0, Look.in(state).filters(SideTable.FILTERED).asWaiting().blockedBy());
    }

    @Test
    void eachReasonHasABitOfItsOwn() {
        int all = 0;
        for (ReadBlock block : ReadBlock.values()) {
            assertEquals(0, all & block.bit(), block.label());
            all |= block.bit();
        }
    }
}
