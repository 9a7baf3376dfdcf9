package dev.sluice.filters.sniff;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;

/** The factory of one filter for all connections: its only state are the bytes that are held. */
final class SniffFactory implements FilterFactory {
    private final FilterTraits traits;
    private final SniffFilter filter;

    SniffFactory(SniffConfig config, SharedStrings names) {
        this.traits = FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM)
                .waitedForBeforeRouting(config.silence())
                .holds(Math.toIntExact(config.maxBytes().bytes()), config.deadline());
        this.filter = new SniffFilter(config, names);
    }

    @Override
    public FilterTraits traits() {
        return traits;
    }

    @Override
    public ConnectionFilter newFilter(ConnectionInfo connection) {
        return filter;
    }
}
