package dev.sluice.runtime.observe;

/** The reasons for which a configuration was read. */
public enum ReloadCause {
    /** The start of the server. */
    START("start"),
    /** A call of the program: the daemon's after a signal, or that of a program that embeds the proxy. */
    CALL("call"),
    /** A request to the admin interface. */
    ADMIN("admin"),
    /** A change of a file that is watched. */
    WATCH("watch");

    private final String label;

    ReloadCause(String label) {
        this.label = label;
    }

    /** The name in admin responses. */
    public String label() {
        return label;
    }
}
