package dev.sluice.api.testkit;

import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** A client that has no connection, for questions about it. Immutable. */
record AskedClient(Settings settings) implements ConnectionInfo {
    @Override
    public long id() {
        return 0;
    }

    @Override
    public String listener() {
        return settings.environment().listener();
    }

    @Override
    public @Nullable IpAddress peer() {
        return settings.peer().address();
    }

    @Override
    public int peerPort() {
        return settings.peer().port();
    }

    @Override
    public @Nullable IpAddress source() {
        return settings.source().address();
    }

    @Override
    public int sourcePort() {
        return settings.source().port();
    }

    @Override
    public @Nullable IpAddress destination() {
        return settings.destination().address();
    }

    @Override
    public int destinationPort() {
        return settings.destination().port();
    }
}
