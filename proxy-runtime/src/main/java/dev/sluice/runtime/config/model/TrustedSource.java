package dev.sluice.runtime.config.model;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.Cidr;
import org.jspecify.annotations.Nullable;

/**
 * The peers of one network, or all peers on the Unix socket of a listener, as senders of PROXY headers that are believed.
 *
 * @param network null = the peers on a Unix socket
 */
public record TrustedSource(@Nullable Cidr network) {
    /** The peers on the Unix socket of the listener, written {@code unix}. */
    public static final TrustedSource UNIX = new TrustedSource(null);

    /**
     * Parses a source.
     *
     * @throws ConfigException if the text is none
     */
    public static TrustedSource parse(String text) {
        return text.equals("unix") ? UNIX : new TrustedSource(Cidr.parse(text));
    }

    @Override
    public String toString() {
        return network == null ? "unix" : network.toString();
    }
}
