package com.example.firstbyte;

import dev.sluice.api.BorrowedBytes;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;

/** The filter type {@code first-byte}: clients are let through that begin with a byte, such as 22 for TLS. */
public final class FirstByte implements FilterProvider<FirstByte.Config> {
    /** The configuration. */
    public record Config(
            @ConfigDescription("Byte that a client must send first.") @ConfigRange(min = "0", max = "255") int value) {}

    @Override
    public String type() {
        return "first-byte";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public String description() {
        return "Refuses clients that do not begin with a given byte.";
    }

    @Override
    public FilterFactory create(Config config, FilterEnvironment environment) {
        ConnectionFilter filter = new Filter((byte) config.value());
        return new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM);
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return filter;
            }
        };
    }

    private record Filter(byte value) implements ConnectionFilter {
        @Override
        public DataAction onData(Direction direction, BorrowedBytes bytes, ConnectionContext context) {
            return bytes.get(0) == value ? DataAction.DETACH : DataAction.REJECT;
        }
    }
}
