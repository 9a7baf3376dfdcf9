package dev.sluice.runtime.cluster;

import java.util.Locale;

/**
 * The state of an endpoint in one word, made of what operators, health checks and connections say of it. The first row
 * that fits counts:
 *
 * <pre>
 *   operator    check       connections   word         chosen                   tried last   in panic
 *   ---------   ---------   -----------   ----------   ----------------------   ----------   --------
 *   (has left the cluster)                removed      no                       no           no
 *   drained     any         any           drained      no                       no           no
 *   –           down        any           down         no                       no           yes
 *   –           up, none    ejected       ejected      no                       yes          no
 *   –           unchecked   ejected       ejected      no                       yes          no
 *   –           up, none    trial         trial        by one connection        yes          by one
 *   –           unchecked   up, trial     unchecked    while none has passed    yes          yes
 *   –           up, none    up            slow-start   with a growing share     –            as always
 *                                         up           yes                      –            yes
 * </pre>
 */
public enum EndpointWord {
    /** No health check of it has ended yet. */
    UNCHECKED,
    /** It gets connections. */
    UP,
    /** Health checks have failed. */
    DOWN,
    /** Connections have failed, and it is avoided for a while. */
    EJECTED,
    /** It was avoided, and one connection tries it. */
    TRIAL,
    /** It has come up, and its share grows. */
    SLOW_START,
    /** An operator keeps new connections from it. */
    DRAINED,
    /** It has left the cluster, and still has connections. */
    REMOVED;

    /** Results of health checks. */
    enum Checked {
        /** It is not checked. */
        NONE,
        /** No check has ended yet. */
        UNCHECKED,
        /** The last verdict is good. */
        UP,
        /** The last verdict is bad. */
        DOWN
    }

    /** The word for a combination; {@code slow} = its share grows. */
    static EndpointWord of(boolean drained, Checked checked, Belief.Phase phase, boolean slow) {
        if (drained) {
            return DRAINED;
        }
        if (checked == Checked.DOWN) {
            return DOWN;
        }
        if (phase == Belief.Phase.EJECTED) {
            return EJECTED;
        }
        if (checked == Checked.UNCHECKED) {
            return UNCHECKED;
        }
        if (phase == Belief.Phase.TRIAL) {
            return TRIAL;
        }
        return slow ? SLOW_START : UP;
    }

    /** Whether an endpoint in this state is believed to serve: neither checks nor connections have failed. */
    public boolean isUp() {
        return switch (this) {
            case UNCHECKED, UP, SLOW_START, DRAINED, REMOVED -> true;
            case DOWN, EJECTED, TRIAL -> false;
        };
    }

    /** Whether an endpoint in this state gets new connections: all of its share, or the one that tries it. */
    public boolean serves() {
        return this == UNCHECKED || this == UP || this == SLOW_START || this == TRIAL;
    }

    /** The name in admin responses, metrics and events. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
