package dev.sluice.runtime.chain;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ReadGate;
import org.jspecify.annotations.Nullable;

/**
 * The filters of one connection by their positions: those that only it has, and where it has none the one that the slot shares. On the
 * connection's loop.
 */
abstract class OwnFilters extends FilterContext {
    /** The filter that only this connection has, at position {@link #ownAt}, or an array of such filters by position. */
    private @Nullable Object own;
    private byte ownAt = -1;
    /** The number of filters that were created, those with lower positions. */
    private byte made;

    OwnFilters(ChainPlan plan) {
        super(plan);
    }

    /** Keeps the next filter; null = that of the slot is used. */
    final void keep(int position, @Nullable ConnectionFilter filter) {
        made++;
        if (filter == null) {
            return;
        }
        if (own == null) {
            own = filter;
            ownAt = (byte) position;
            return;
        }
        ConnectionFilter[] all = own instanceof ConnectionFilter[] several
                ? several
                : new ConnectionFilter[plan().slots().size()];
        if (own instanceof ConnectionFilter first) {
            all[ownAt] = first;
            own = all;
        }
        all[position] = filter;
    }

    /** The number of filters that were created. */
    final int made() {
        return made;
    }

    /** From now on none counts as created. @return the number of those that did */
    final int noneMade() {
        int count = made;
        made = 0;
        return count;
    }

    final void forgetFilters() {
        own = null;
    }

    final ConnectionFilter filter(int position) {
        if (own instanceof ConnectionFilter[] several) {
            ConnectionFilter mine = several[position];
            return mine == null ? slot(position).shared() : mine;
        }
        return ownAt == position && own instanceof ConnectionFilter mine ? mine : slot(position).shared();
    }

    /** The filter at a position, if it gates reads of this connection. */
    @Nullable
    final ReadGate gate(int position) {
        return !bypassed(position) && filter(position) instanceof ReadGate gate ? gate : null;
    }

    final boolean bypassed(int position) {
        RareState rare = rareStateIfAny();
        return rare != null && (rare.bypassed & (1L << position)) != 0;
    }
}
