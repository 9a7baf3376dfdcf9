package dev.sluice.runtime.config.model;

import java.nio.file.Path;
import java.util.Optional;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.Syntax;

/** The certificates that clients of a listener have to show, or may show. */
public record ClientAuth( // @formatter:off
        @ConfigDefault("none")
        @ConfigDescription("The demand on clients: none; request, a certificate may be missing but not be wrong; require, a good one has to "
                + "be shown.")
        Mode mode,
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("The file of the authorities that clients are certified by, in PEM. Those of the system do not count.")
        Optional<Path> ca,
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("The file of lists of revoked certificates (CRL), in PEM or DER, one of each authority. Default: none is looked "
                + "at.")
        Optional<Path> crl,
        @ConfigRange(min = "0", max = "8") @ConfigDefault("3")
        @ConfigDescription("The most authorities between the certificate of a client and one of ca.") int depth,
        ConfigPlace place) { // @formatter:on

    /** Demands on clients. */
    public enum Mode {
        /** No certificate is asked for. */
        NONE,
        /** One is asked for, and is checked if it is shown. */
        REQUEST,
        /** A good one has to be shown. */
        REQUIRE
    }

    public ClientAuth {
        ca = ca.map(file -> place.directory().resolve(file).normalize());
        crl = crl.map(file -> place.directory().resolve(file).normalize());
    }

    /** Whether certificates of clients are checked. */
    public boolean isOn() {
        return mode != Mode.NONE;
    }
}
