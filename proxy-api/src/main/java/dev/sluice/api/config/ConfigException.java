package dev.sluice.api.config;

import org.jspecify.annotations.Nullable;

/** A value of a filter's configuration makes no sense. The user is told with file, line and path, so the message need not repeat those. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final @Nullable String key;
    private final @Nullable String allowed;
    private final @Nullable String didYouMean;

    /** Something about the whole of what was read is wrong: {@code "burst is smaller than rate"}. */
    public ConfigException(String what) {
        this(null, what, null, null);
    }

    /**
     * @param key below what was read, perhaps with further keys and indices ({@code rules[2].deny[0]}); null = the whole of it
     * @param what is wrong: {@code "0/s would admit nobody"}
     * @param allowed what would be right; null if {@code what} says so
     * @param didYouMean a value to write instead; null if there is none to guess
     */
    public ConfigException(@Nullable String key, String what, @Nullable String allowed, @Nullable String didYouMean) {
        super(what);
        this.key = key;
        this.allowed = allowed;
        this.didYouMean = didYouMean;
    }

    /** Where, below what was read; null = the whole of it. */
    public @Nullable String key() {
        return key;
    }

    /** What is wrong. */
    public String what() {
        return String.valueOf(getMessage());
    }

    /** What would be right; null if {@link #what} says so. */
    public @Nullable String allowed() {
        return allowed;
    }

    /** A value to write instead; null if there is none to guess. */
    public @Nullable String didYouMean() {
        return didYouMean;
    }
}
