package dev.sluice.runtime.config.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.runtime.shape.Shorthand;
import dev.sluice.runtime.shape.Syntax;

/** The tickets by which the TLS sessions of a listener's clients go on in later handshakes. */
@Shorthand("mode")
public record TicketConfig( // @formatter:off
        @ConfigDefault("on") @ConfigDescription(value = "Whether clients get tickets: on or off.", hint = "on or off") Mode mode,
        @Syntax(Syntax.Kind.PATH)
        @ConfigDescription("Files with keys of tickets, 80 or 48 random bytes each, so that several daemons take each other's: the first "
                + "makes tickets, all open them. Default: the process makes keys of its own.")
        List<Path> keys,
        @ConfigRange(min = "1m", max = "168h") @ConfigDefault("12h")
        @ConfigDescription("The time for which a ticket counts.") Duration lifetime,
        @ConfigRange(min = "1m", max = "168h") @ConfigDefault("6h")
        @ConfigDescription("The time after which the process makes another key.") Duration rotate,
        ConfigPlace place) { // @formatter:on

    /** Whether there are tickets. */
    public enum Mode {
        /** There are. */
        ON,
        /** Each handshake is a full one. */
        OFF
    }

    public TicketConfig {
        keys = keys.stream().map(file -> place.directory().resolve(file).normalize()).toList();
    }

    /** Whether clients get tickets. */
    public boolean isOn() {
        return mode == Mode.ON;
    }
}
