package dev.sluice.runtime.chain;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.AttributeKey;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

/** The sets of attributes that connections share. */
class AttributeSetsTest {
    private static final AttributeKey<String> PROTOCOL = AttributeKey.of("protocol", String.class);
    private static final AttributeKey<String> NAME = AttributeKey.of("name", String.class);
    @SuppressWarnings("rawtypes")
    private static final AttributeKey<List> LIST = AttributeKey.of("list", List.class);

    private final AttributeSets sets = new AttributeSets();

    private Object[] tls(String name) {
        return sets.add(sets.add(AttributeSets.NONE, PROTOCOL, "tls"), NAME, String.valueOf(name.toCharArray()));
    }

    @Test
    void equalSetsAreOne() {
        Object[] first = tls("www.example.com");

        assertSame(first, tls("www.example.com"));
        assertArrayEquals(new Object[]{PROTOCOL, "tls", NAME, "www.example.com"}, first);
    }

    @Test
    void anotherValueMakesAnotherSetAndLeavesTheFirstAsItIs() {
        Object[] first = tls("www.example.com");

        Object[] other = sets.replace(first, 3, "api.example.com");

        assertArrayEquals(new Object[]{PROTOCOL, "tls", NAME, "www.example.com"}, first);
        assertArrayEquals(new Object[]{PROTOCOL, "tls", NAME, "api.example.com"}, other);
        assertSame(other, tls("api.example.com"));
    }

    /** A plugin may go on changing such a value, and one connection must not see what another has put into it. */
    @Test
    void valuesThatMayChangeAreNotShared() {
        List<String> one = new ArrayList<>();
        List<String> two = new ArrayList<>();

        Object[] first = sets.add(AttributeSets.NONE, LIST, one);
        Object[] second = sets.add(AttributeSets.NONE, LIST, two);

        assertNotSame(first, second);
        assertSame(one, first[1]);
        assertSame(two, second[1]);
    }

    /** As a filter does that says the same at every event. */
    @Test
    void theSameValueAgainLeavesTheSetAsItIs() {
        List<String> value = new ArrayList<>();
        Object[] set = sets.add(AttributeSets.NONE, LIST, value);

        assertSame(set, sets.replace(set, 1, value));
    }

    @Test
    void longTextIsNotKeptForOthers() {
        String text = "x".repeat(256);

        assertNotSame(sets.add(AttributeSets.NONE, NAME, text), sets.add(AttributeSets.NONE, NAME, text));
    }

    @Test
    void moreSetsThanTheTableHoldsAreStillRight() {
        for (int i = 0; i < 10_000; i++) {
            assertArrayEquals(new Object[]{PROTOCOL, "tls", NAME, "host" + i}, tls("host" + i));
        }
    }
}
