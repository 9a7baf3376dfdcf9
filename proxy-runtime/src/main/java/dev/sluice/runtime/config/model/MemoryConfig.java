package dev.sluice.runtime.config.model;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;

/** The bounds of the memory that carries bytes. */
public record MemoryConfig( // @formatter:off
        @ConfigRange(min = "1KiB", max = "16MiB") @ConfigDefault("64KiB")
        @ConfigDescription("Size of a read buffer, and so of one read.") ByteSize readBuffer,
        @ConfigRange(min = "1KiB", max = "1024GiB") @ConfigDefault(MemoryConfig.POOL)
        @ConfigDescription("Limit of all read buffers together: at least 4 for each event loop.") ByteSize pool,
        @ConfigRange(min = "1KiB", max = "1024GiB") @ConfigDefault(MemoryConfig.STASH)
        @ConfigDescription("Limit of all bytes together that slow receivers have not taken yet: at least one "
                + "readBuffer for each event loop.")
        ByteSize stash,
        @ConfigRange(min = "0", max = "1024GiB") @ConfigDefault(MemoryConfig.PIPES)
        @ConfigDescription("Limit of all kernel pipes together, with transport epoll: 1MiB for each. "
                + "Bulk transfers that no filter sees pass through them. 0 = bytes are "
                + "always copied.")
        ByteSize pipes,
        ConfigPlace place) { // @formatter:on
    /** The default of {@link #pool}, a variable that is computed when a configuration is loaded. */
    public static final String POOL = "${computed_pool}";
    /** The default of {@link #stash}, a variable that is computed when a configuration is loaded. */
    public static final String STASH = "${computed_stash}";
    /** The default of {@link #pipes}, a variable that is computed when a configuration is loaded. */
    public static final String PIPES = "${computed_pipes}";
}
