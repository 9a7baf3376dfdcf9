package dev.sluice.runtime.config.model;

import java.net.SocketAddress;

import dev.sluice.api.config.ConfigDescription;
import dev.sluice.runtime.shape.PlannedKeys;
import dev.sluice.runtime.shape.Syntax;

/** The admin interface. */
@PlannedKeys("tokenFile")
public record AdminConfig( // @formatter:off
        @Syntax(Syntax.Kind.LOCAL_ADDRESS)
        @ConfigDescription(value = "A loopback address, or unix:/path.",
                hint = "an address, such as \"127.0.0.1:9901\"")
        SocketAddress listen,
        ConfigPlace place) {} // @formatter:on
