package dev.sluice.runtime.config.model;

import java.time.Duration;
import java.util.List;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigRange;

/** The PROXY header (version 1 or 2) with which every connection of a listener has to begin. */
public record ReceivedProxyHeader( // @formatter:off
        @ConfigNotEmpty(required = true)
        @ConfigDescription(value = "The networks and addresses of the load balancers, which are believed; on a listener "
                + "at unix:/path the word unix. Connections from elsewhere are refused.",
                hint = "a list, as in [ 10.0.0.0/8 ]: whoever is in it can claim any client address")
        List<TrustedSource> trustedSources,
        @ConfigRange(min = "1ms", max = "1h") @ConfigDefault("3s")
        @ConfigDescription("The time from the accept in which the header has to be complete.") Duration deadline,
        @ConfigRange(min = "216", max = "16KiB") @ConfigDefault("2KiB")
        @ConfigDescription("The most bytes of addresses and further facts (TLVs) in a header of version 2.")
        ByteSize maxBytes,
        ConfigPlace place) { // @formatter:on
    public ReceivedProxyHeader {
        trustedSources = List.copyOf(trustedSources);
    }
}
