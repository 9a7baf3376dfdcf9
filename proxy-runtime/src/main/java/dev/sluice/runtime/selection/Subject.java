package dev.sluice.runtime.selection;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** A connection, as expressions see it. On its event loop. */
public interface Subject {
    /** A fact that is a number, a time in nanoseconds, or a size in bytes. */
    long number(Fact fact);

    /** A fact that is text; null = there is none. */
    @Nullable
    String text(Fact fact);

    /** A fact that is an address; null = it has none, as on a Unix socket. */
    @Nullable
    IpAddress address(Fact fact);
}
