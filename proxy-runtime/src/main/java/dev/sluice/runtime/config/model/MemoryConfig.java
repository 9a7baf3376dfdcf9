package dev.sluice.runtime.config.model;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;

/** The bounds of the buffer memory. */
public record MemoryConfig( // @formatter:off
        @ConfigRange(min = "1KiB", max = "16MiB") @ConfigDefault("64KiB")
        @ConfigDescription("The size of one read buffer, and so the most bytes of one read.") ByteSize readBuffer,
        @ConfigRange(min = "1KiB", max = "1024GiB") @ConfigDefault(MemoryConfig.POOL)
        @ConfigDescription("All read buffers together: at least 4 for each event loop.") ByteSize pool,
        @ConfigRange(min = "1KiB", max = "1024GiB") @ConfigDefault(MemoryConfig.STASH)
        @ConfigDescription("All bytes kept for slow receivers together: at least one readBuffer for "
                + "each event loop.")
        ByteSize stash,
        @ConfigRange(min = "0", max = "1024GiB") @ConfigDefault(MemoryConfig.PIPES)
        @ConfigDescription("All kernel pipes together, where the transport has them (epoll): 1MiB for each. "
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
