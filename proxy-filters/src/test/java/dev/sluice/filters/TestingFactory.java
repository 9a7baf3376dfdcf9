package dev.sluice.filters;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterTraits;

/** Shows which filters another factory makes. */
public final class TestingFactory implements FilterFactory {
    private final FilterFactory real;
    private final List<ConnectionFilter> made = new ArrayList<>();

    /** Passes everything on to another one. */
    public TestingFactory(FilterFactory real) {
        this.real = real;
    }

    /** In the order in which they were made. */
    public List<ConnectionFilter> made() {
        return made;
    }

    @Override
    public FilterTraits traits() {
        return real.traits();
    }

    @Override
    public ConnectionFilter newFilter(ConnectionInfo connection) {
        ConnectionFilter filter = real.newFilter(connection);
        made.add(filter);
        return filter;
    }

    @Override
    public void close() {
        real.close();
    }
}
