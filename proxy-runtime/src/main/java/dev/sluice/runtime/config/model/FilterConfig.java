package dev.sluice.runtime.config.model;

import java.time.Duration;
import java.util.Optional;

import dev.sluice.api.FilterProvider;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.Syntax;

/**
 * A filter of a listener's chain.
 *
 * @param name its name, unique in the chain; the listener gives it one if none is written
 * @param provider the provider of the type, which creates the filter from {@code config}
 * @param config its configuration, of the provider's record class
 * @param quarantine empty = never
 */
public record FilterConfig( // @formatter:off
        @Syntax(Syntax.Kind.FILTER_TYPE)
        @ConfigDescription(value = "The type of the filter.", hint = "a type of filter, such as acl") String type,
        @Syntax(Syntax.Kind.NAME) @ConfigDefault(FilterConfig.NAME)
        @ConfigDescription("The name in logs and metrics, unique within the listener. Default: the type.")
        String name,
        FilterProvider<?> provider,
        @ConfigDescription("The configuration of this type of filter.") Record config,
        @ConfigDescription("Takes the filter out of service for a while after repeated failures. Default: "
                + "off.")
        Optional<Quarantine> quarantine,
        ConfigPlace place) { // @formatter:on
    /** The default of {@link #name}, until the listener sets one. */
    public static final String NAME = "${computed_filter_name}";

    FilterConfig named(String newName) {
        return new FilterConfig(type, newName, provider, config, quarantine, place);
    }

    /** The place of {@link #config}, for problems that the provider finds in it. */
    public ConfigPlace configPlace() {
        return place.below("config");
    }

    /**
     * The rule of a quarantine, which takes a filter out of service after repeated failures.
     *
     * @param duration the length of the quarantine
     */
    public record Quarantine( // @formatter:off
            @ConfigRange(min = "1", max = "1000000") @ConfigDefault("3")
            @ConfigDescription("The number of failures that start a quarantine.")
            int after,
            @ConfigRange(min = "1ms", max = "24h") @ConfigDefault("1m")
            @ConfigDescription("The time within which they happen.")
            Duration within,
            @ConfigKey("for") @ConfigRange(min = "1ms", max = "24h") @ConfigDefault("1m")
            @ConfigDescription("The length of the quarantine.") Duration duration,
            @ConfigDefault("reject")
            @ConfigDescription("During the quarantine: reject connections, or bypass the filter.")
            Action action) {} // @formatter:on

    /** The treatment of connections while a filter is quarantined. */
    public enum Action {
        /** Connections are refused. */
        REJECT,
        /** Connections bypass the filter. */
        BYPASS
    }
}
