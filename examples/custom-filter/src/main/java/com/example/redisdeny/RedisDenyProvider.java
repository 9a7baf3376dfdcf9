package com.example.redisdeny;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.Direction;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;

/** The filter type {@code redis-deny}. */
public final class RedisDenyProvider implements FilterProvider<RedisDenyConfig> {
    /** The most that a filter leaves unforwarded: names of commands are shorter. */
    static final int MAX_HELD_BYTES = 4096;
    private static final Duration HOLD_DEADLINE = Duration.ofSeconds(5);
    private static final FilterTraits TRAITS = FilterTraits.inspects(Direction.CLIENT_TO_UPSTREAM)
            .holds(MAX_HELD_BYTES, HOLD_DEADLINE);

    @Override
    public String type() {
        return "redis-deny";
    }

    @Override
    public Class<RedisDenyConfig> configType() {
        return RedisDenyConfig.class;
    }

    @Override
    public String description() {
        return "Closes connections that send one of the listed Redis commands.";
    }

    @Override
    public FilterFactory create(RedisDenyConfig config, FilterEnvironment environment) {
        List<byte[]> names = config.commands().stream().map(name -> name.getBytes(StandardCharsets.US_ASCII)).toList();
        return new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return TRAITS;
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return new RedisDenyFilter(names, config.inline());
            }
        };
    }
}
