package dev.sluice.runtime.tls;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HandshakeSlotsTest {
    private final HandshakeSlots slots = new HandshakeSlots();
    private final List<String> turns = new ArrayList<>();

    private Runnable turn(String name) {
        return () -> turns.add(name);
    }

    @Test
    void thoseThatFindNoneWaitInTheirOrder() {
        assertTrue(slots.take(2, turn("a")));
        assertTrue(slots.take(2, turn("b")));
        assertFalse(slots.take(2, turn("c")));
        assertFalse(slots.take(2, turn("d")));
        slots.giveBack();
        assertEquals(List.of("c"), turns);
        slots.giveBack();
        assertEquals(List.of("c", "d"), turns);
        assertEquals(2, slots.taken());
        slots.giveBack();
        slots.giveBack();
        assertEquals(0, slots.taken());
        assertEquals(List.of("c", "d"), turns);
    }

    @Test
    void oneThatHasLeftGetsNoTurn() {
        Runnable left = turn("left");
        assertTrue(slots.take(1, turn("a")));
        assertFalse(slots.take(1, left));
        assertFalse(slots.take(1, turn("b")));
        slots.leave(left);
        slots.giveBack();
        assertEquals(List.of("b"), turns);
        assertEquals(0, slots.waiting());
    }
}
