package dev.sluice.dist;

import java.nio.file.Path;

import dev.sluice.runtime.ProxyConfig;

/** The directory of the tarball that {@code bin/sluice} belongs to. */
final class Installation {
    /** Set by {@code bin/sluice}; without it, as in an IDE, there is no installation. */
    private static final String HOME_PROPERTY = "sluice.home";

    private Installation() {}

    /** {@return a loader of configurations that may name the filters of this installation} */
    static ProxyConfig.Loader loader() {
        ProxyConfig.Loader loader = ProxyConfig.loader();
        String home = System.getProperty(HOME_PROPERTY);
        return home == null ? loader : loader.home(Path.of(home));
    }
}
