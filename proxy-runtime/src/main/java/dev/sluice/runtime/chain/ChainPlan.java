package dev.sluice.runtime.chain;

import java.util.List;

import dev.sluice.api.Direction;

/** The filters of one listener, in order, in one configuration generation. Thread-safe. */
public final class ChainPlan {
    private final String listener;
    private final List<FilterSlot> slots;
    private final boolean paranoid;
    private final AttributeSets attributeSets = new AttributeSets();

    /** @param paranoid whether every callback gets a copy of the bytes, which is wiped afterwards */
    public ChainPlan(String listener, List<FilterSlot> slots, boolean paranoid) {
        this.listener = listener;
        this.slots = List.copyOf(slots);
        this.paranoid = paranoid;
    }

    /** The filters, in order. */
    public List<FilterSlot> slots() {
        return slots;
    }

    /** Whether connections need no chain. */
    public boolean isEmpty() {
        return slots.isEmpty();
    }

    /** Whether another plan has the same filters, with the same factories, in the same order. */
    public boolean isSame(ChainPlan other) {
        if (!listener.equals(other.listener) || paranoid != other.paranoid || slots.size() != other.slots.size()) {
            return false;
        }
        for (int i = 0; i < slots.size(); i++) {
            if (!slots.get(i).isSame(other.slots.get(i))) {
                return false;
            }
        }
        return true;
    }

    String listener() {
        return listener;
    }

    boolean paranoid() {
        return paranoid;
    }

    /** The sets of attributes that the connections share. */
    AttributeSets attributeSets() {
        return attributeSets;
    }

    /**
     * The most bytes that all filters of a direction together may hold; the buffer they share must have room for them.
     */
    public long mostHeld(Direction direction) {
        long sum = 0;
        for (FilterSlot slot : slots) {
            sum += slot.traits().sees(direction) ? slot.traits().maxHeldBytes() : 0;
        }
        return sum;
    }
}
