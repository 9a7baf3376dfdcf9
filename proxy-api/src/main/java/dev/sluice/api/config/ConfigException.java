package dev.sluice.api.config;

import org.jspecify.annotations.Nullable;

/**
 * An invalid value in the configuration of a filter. The user is shown file, line and path as well, so the message need
 * not repeat those.
 */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** The value of {@link #key()}. */
    private final @Nullable String key;
    /** The value of {@link #allowed()}. */
    private final @Nullable String allowed;
    /** The value of {@link #didYouMean()}. */
    private final @Nullable String didYouMean;

    /**
     * Makes an exception about the whole of what is being read: {@code "burst is smaller than rate"}.
     *
     * @param what is wrong
     */
    public ConfigException(String what) {
        this(null, what, null, null);
    }

    /**
     * Makes an exception about one value.
     *
     * @param key relative to what is being read, perhaps with further keys and indices ({@code rules[2].deny[0]}); null
     *     = the whole of it
     * @param what is wrong: {@code "0/s would admit nobody"}
     * @param allowed the values that are allowed; null if {@code what} names them
     * @param didYouMean a value to write instead; null if none can be guessed
     */
    public ConfigException(@Nullable String key, String what, @Nullable String allowed, @Nullable String didYouMean) {
        super(what);
        this.key = key;
        this.allowed = allowed;
        this.didYouMean = didYouMean;
    }

    /** {@return the key of the invalid value, relative to what was read; null = the whole of it} */
    public @Nullable String key() {
        return key;
    }

    /** {@return the problem} */
    public String what() {
        return String.valueOf(super.getMessage());
    }

    /** {@return all of it in one line, for those whose code has made the value} */
    @Override
    public String getMessage() {
        return (key == null ? "" : key + ": ") + what() + (allowed == null ? "" : "; allowed: " + allowed)
                + (didYouMean == null ? "" : "; did you mean '" + didYouMean + "'?");
    }

    /** {@return the values that are allowed; null if {@link #what} names them} */
    public @Nullable String allowed() {
        return allowed;
    }

    /** {@return a value to write instead; null if none can be guessed} */
    public @Nullable String didYouMean() {
        return didYouMean;
    }
}
