package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The open relays of one worker in the ascending order of their ids, and the walks over them. On the worker's loop.
 *
 * <p>A walk is done in steps with a budget, so that it never keeps the loop from its sockets, and lets relays come and
 * go in between. The last walks keep the place where they ended. A walk that continues a page begins there, and costs
 * as much as the page, however many relays lie before it.
 */
final class RelayList {
    /** The number of ended walks that are remembered: the number of readers that can page through the list in turn. */
    private static final int REMEMBERED = 4;

    private @Nullable Relay first;
    private @Nullable Relay last;
    /** Walks under way and remembered walks, the oldest first. */
    private final List<Walk> walks = new ArrayList<>();

    /** A place in the list, near the relay that is looked for. */
    static final class Walk {
        private @Nullable Relay at;
        private boolean underWay = true;
        private @Nullable Relay found;

        private Walk(@Nullable Relay start) {
            this.at = start;
        }

        /** The relay that {@link RelayList#seek} has arrived at; {@code null} = there is none. */
        @Nullable
        Relay found() {
            return found;
        }
    }

    @Nullable
    Relay first() {
        return first;
    }

    void add(Relay relay) {
        // Relays come from several acceptors over mailboxes, so now and then a few overtake another.
        Relay before = last;
        while (before != null && before.id() > relay.id()) {
            before = before.previous;
        }
        Relay after = before == null ? first : before.next;
        relay.previous = before;
        relay.next = after;
        if (before == null) {
            first = relay;
        } else {
            before.next = relay;
        }
        if (after == null) {
            last = relay;
        } else {
            after.previous = relay;
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very instance
    void remove(Relay relay) {
        Relay before = relay.previous;
        Relay after = relay.next;
        for (int i = 0; i < walks.size(); i++) {
            Walk walk = walks.get(i);
            if (walk.at == relay) {
                walk.at = before == null ? after : before;
            }
        }
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        relay.previous = null;
        relay.next = null;
    }

    /** Begins a walk to the relays with ids above {@code after}, from the known place that is nearest by id. */
    Walk walk(long after) {
        Relay nearest = nearer(first, last, after);
        for (int i = 0; i < walks.size(); i++) {
            nearest = nearer(nearest, walks.get(i).at, after);
        }
        Walk walk = new Walk(nearest);
        walks.add(walk);
        return walk;
    }

    private static @Nullable Relay nearer(@Nullable Relay one, @Nullable Relay other, long id) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.abs(other.id() - id) < Math.abs(one.id() - id) ? other : one;
    }

    /**
     * Goes on towards the first relay with an id above {@code after}.
     *
     * @param budget relays that may be looked at
     * @return the rest of the budget when the walk has {@link Walk#found} its relay, or has found that there is none; 0
     *     if the walk has to go on
     */
    int seek(Walk walk, long after, int budget) {
        Relay at = walk.at == null ? first : walk.at;
        for (int left = budget; left > 0; left--) {
            Relay step = at == null ? null : at.id() > after ? at.previous : at.next;
            if (step == null || (at != null && at.id() > after && step.id() <= after)) {
                walk.at = at;
                walk.found = at != null && at.id() > after ? at : null;
                return left;
            }
            at = step;
        }
        walk.at = at;
        return 0;
    }

    /** Ends a walk, and remembers its place. */
    void end(Walk walk) {
        walk.underWay = false;
        walk.found = null;
        int ended = 0;
        for (int i = walks.size() - 1; i >= 0; i--) {
            if (!walks.get(i).underWay && ++ended > REMEMBERED) {
                walks.remove(i);
            }
        }
    }
}
