package dev.sluice.api;

/**
 * One type of filter, found by {@link java.util.ServiceLoader}.
 *
 * <p>Stateless and thread-safe, with a public constructor without parameters. Its methods are called off the event
 * loops and may block.
 *
 * @param <C> the configuration, a record: see {@link dev.sluice.api.config} for the types of its components and their
 *     defaults
 */
public interface FilterProvider<C extends Record> {
    /**
     * {@return the name of the type in the configuration ({@code type: rate-limit}): lower case, words joined by
     * hyphens}
     */
    String type();

    /**
     * {@return the record that {@code config:} of such a filter is read into} Its compact constructor refuses invalid
     * values.
     */
    Class<C> configType();

    /**
     * {@return the purpose of the filter in one sentence, for {@code sluice plugins} and for editors; by default empty}
     */
    default String description() {
        return "";
    }

    /**
     * Makes the factory of one entry of {@code filters:}. Called once for each entry that is new or has changed when a
     * configuration is built. Also called, and the result closed, when a configuration is only checked: so the factory must not take a resource
     * that a second instance could not take too.
     *
     * @param config the configuration, with all defaults filled in
     * @param environment names, clock, threads and counters of this entry
     * @return the factory; the proxy closes it
     * @throws dev.sluice.api.config.ConfigException if something that the configuration names, such as a file, cannot
     *     be used. The message is shown to the user with the place in the configuration
     */
    FilterFactory create(C config, FilterEnvironment environment);
}
