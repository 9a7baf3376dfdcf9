package dev.sluice.runtime.config.model;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;

/** The TLS of the process. */
public record TlsConfig( // @formatter:off
        @ConfigDefault("auto")
        @ConfigDescription("The engine of the handshakes with clients: boringssl, jdk, or auto for the quicker one, boringssl, where its "
                + "library can be loaded.")
        Engine engine,
        ConfigPlace place) { // @formatter:on
    /** Engines of handshakes. */
    public enum Engine {
        /** BoringSSL where its library can be loaded, the JDK elsewhere. */
        AUTO,
        /** BoringSSL, by netty-tcnative. */
        BORINGSSL,
        /** That of the JDK. */
        JDK
    }
}
