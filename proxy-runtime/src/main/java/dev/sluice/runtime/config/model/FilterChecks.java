package dev.sluice.runtime.config.model;

/** How closely filters are watched. */
public enum FilterChecks {
    /** A filter that uses bytes after its callback gets an exception. */
    STANDARD,
    /** The memory itself is revoked, too. Costs a copy for each callback: for tests and for looking into a plugin. */
    PARANOID
}
