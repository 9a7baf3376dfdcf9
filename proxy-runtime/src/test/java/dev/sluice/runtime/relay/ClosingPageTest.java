package dev.sluice.runtime.relay;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.observe.ReadBlock;
import dev.sluice.runtime.testing.Page;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The page about closing beside the rules of the code: states, flags, words, deadlines. */
class ClosingPageTest {
    private final Page page = Page.read(Path.of("internals/closing.md"));

    @Test
    void wordsAreThoseThatCanOccurInTheirState() {
        Map<String, Set<String>> expected = new TreeMap<>();
        for (RelayState state : RelayState.values()) {
            expected.put(state.label(), words(state));
        }
        Map<String, Set<String>> written = new TreeMap<>();
        for (List<String> row : page.section("Why a side is not read").table("state").rows()) {
            written.put(Page.quoted(row.getFirst()).iterator().next(), Page.quoted(row.get(1)));
        }
        assertEquals(expected, written);
    }

    /** Everything that the rules say of a state, over all that a side can be. */
    private static Set<String> words(RelayState state) {
        int bits = 0;
        boolean[] either = {false, true};
        for (byte receiving : new byte[]{SideTable.OPEN, SideTable.FINISHED, SideTable.CUT}) {
            for (byte filters : new byte[]{SideTable.UNFILTERED, SideTable.FILTERED, SideTable.SUSPENDED}) {
                for (boolean broken : either) {
                    for (boolean peerBroken : either) {
                        bits |= SideTable.blockedBy(state, receiving, broken, true, true, true, peerBroken, filters);
                    }
                }
            }
        }
        return new TreeSet<>(ReadBlock.labels(bits));
    }

    @Test
    void statesInWhichSomethingEndsAreThoseOfTheCode() {
        Set<String> ending = Set.of("open", "lingering", "resetting");
        Page.Table table = page.section("What happens in which state").table("event");
        assertEquals(ending, Page.quoted(String.join(" ", table.header())));
        Set<String> states = Stream.of(RelayState.values()).map(RelayState::label).collect(Collectors.toSet());
        assertTrue(states.containsAll(Page.quoted(page.section("What happens in which state").text())));
    }

    @Test
    void flagsAreThoseOfTheCode() throws IllegalAccessException {
        Set<String> flags = new TreeSet<>();
        for (Field field : SideTable.class.getDeclaredFields()) {
            if (field.getType() == byte.class) {
                flags.add(field.getName());
            }
        }
        Page.Table table = page.section("The two flags of a side").table("receives");
        Set<String> written = new TreeSet<>(table.words(0));
        written.addAll(table.words(1));
        // These three are about filters, and no flags of what is received or sent.
        flags.removeAll(Set.of("UNFILTERED", "FILTERED", "SUSPENDED"));
        assertEquals(flags, written);
    }

    @Test
    void deadlinesHaveStatesKeysAndReasonsThatExist() {
        Page.Table table = page.section("Deadlines").table("state");
        Set<String> states = Stream.of(RelayState.values()).filter(state -> state != RelayState.CLOSED)
                .map(RelayState::label).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(states, table.words(0));

        Page configuration = Page.of("configuration.md");
        Set<String> keys = new TreeSet<>(
                Set.of("proxyProtocol.deadline", "tls.handshake.deadline", "tls.recordTimeout"));
        for (String section : List.of("listeners[].timeouts", "clusters[].timeouts")) {
            configuration.section(section).table("key").words(0).forEach(key -> keys.add("timeouts." + key));
        }
        assertEquals(keys, table.words(2), "each timeout is the deadline of some state");

        Set<String> reasons = Stream.of(CloseReason.values()).map(CloseReason::label).collect(Collectors.toSet());
        assertTrue(reasons.containsAll(table.words(3)), table.words(3)::toString);
    }
}
