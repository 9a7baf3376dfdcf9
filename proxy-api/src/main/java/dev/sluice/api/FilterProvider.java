package dev.sluice.api;

/**
 * One type of filter; found by {@link java.util.ServiceLoader}.
 *
 * <p>Stateless and thread-safe, with a public constructor without parameters. Its methods run off the event loops and may block.
 *
 * @param <C> the configuration, a record: see {@link dev.sluice.api.config} for what its components may be and how defaults are given
 */
public interface FilterProvider<C extends Record> {
    /** The name of the type in the configuration ({@code type: rate-limit}): lower case, words joined by hyphens. */
    String type();

    /** What {@code config:} of such a filter is read into. Its compact constructor refuses what makes no sense. */
    Class<C> configType();

    /** What the filter is for, in a sentence, for {@code sluice plugins} and for editors. */
    default String description() {
        return "";
    }

    /**
     * Makes what one entry of {@code filters:} stands for. Called once for each entry when a configuration is built, and also when one is
     * only checked, and then closed again: so open nothing that another instance could not open too.
     *
     * @param config with all defaults filled in
     * @throws dev.sluice.api.config.ConfigException if a file that the configuration names, or the like, cannot be used; the message
     *     reaches the user with the place in the configuration
     */
    FilterFactory create(C config, FilterEnvironment environment);
}
