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
    private final String explanation;

    SniffFactory(SniffConfig config, SharedStrings names) {
        this.traits = FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM)
                .waitedForBeforeRouting(config.silence())
                .holds(Math.toIntExact(config.maxBytes().bytes()), config.deadline())
                .finds(config.protocols().stream().map(Protocol::label).toList());
        this.filter = new SniffFilter(config, names);
        this.explanation = "waits at most " + Texts.of(config.silence()) + " for the first byte, and "
                + Texts.of(config.deadline()) + " from then on for one of " + Texts.labels(config.protocols()) + "; "
                + (config.unknown() == Unknown.PASS ? "passes" : "refuses") + " clients of other protocols";
    }

    @Override
    public FilterTraits traits() {
        return traits;
    }

    @Override
    public ConnectionFilter newFilter(ConnectionInfo connection) {
        return filter;
    }

    @Override
    public String explain(ConnectionInfo client) {
        return explanation;
    }
}
