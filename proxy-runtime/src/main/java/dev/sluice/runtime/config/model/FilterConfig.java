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
 * One entry of a listener's chain of filters.
 *
 * @param name distinct in the chain; one that is not written is given by the listener
 * @param provider of the type: makes the filter of {@code config}
 * @param config of the class that the provider asks for
 * @param quarantine empty = never
 */
public record FilterConfig( // @formatter:off
        @Syntax(Syntax.Kind.FILTER_TYPE)
        @ConfigDescription(value = "Type of the filter.", hint = "a type of filter, such as acl") String type,
        @Syntax(Syntax.Kind.NAME) @ConfigDefault(FilterConfig.NAME)
        @ConfigDescription("Name for logs and metrics, distinct within the listener. Default: the type.")
        String name,
        FilterProvider<?> provider,
        @ConfigDescription("Configuration of this type of filter.") Record config,
        @ConfigDescription("Takes the filter out of service for a while when it fails repeatedly. Default: "
                + "off.")
        Optional<Quarantine> quarantine,
        ConfigPlace place) { // @formatter:on
    /** The default of {@link #name}, until the listener gives one. */
    public static final String NAME = "${computed_filter_name}";

    FilterConfig named(String newName) {
        return new FilterConfig(type, newName, provider, config, quarantine, place);
    }

    /** The place of {@link #config}, for what the provider finds wrong with it. */
    public ConfigPlace configPlace() {
        return place.below("config");
    }

    /**
     * The rule that takes a filter out of service when it fails again and again.
     *
     * @param duration of the time out of service
     */
    public record Quarantine( // @formatter:off
            @ConfigRange(min = "1", max = "1000000") @ConfigDefault("3") @ConfigDescription("Number of failures ...")
            int after,
            @ConfigRange(min = "1ms", max = "24h") @ConfigDefault("1m") @ConfigDescription("... within this time.")
            Duration within,
            @ConfigKey("for") @ConfigRange(min = "1ms", max = "24h") @ConfigDefault("1m")
            @ConfigDescription("Time out of service.") Duration duration,
            @ConfigDefault("reject")
            @ConfigDescription("Treatment of connections meanwhile: reject them, or bypass the filter.")
            Action action) {} // @formatter:on

    /** The fate of connections while a filter is out of service. */
    public enum Action {
        /** They are refused. */
        REJECT,
        /** They pass without the filter. */
        BYPASS
    }
}
