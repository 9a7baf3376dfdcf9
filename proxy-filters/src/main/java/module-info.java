/**
 * The built-in filters. They see the proxy through {@code dev.sluice.api} alone, which proves that a plugin can do what
 * they do.
 */
@SuppressWarnings("module") // The runtime fills configuration records in; this module does not need it otherwise.
module dev.sluice.filters {
    requires dev.sluice.api;
    requires static org.jspecify;

    opens dev.sluice.filters.acl to dev.sluice.runtime;
    opens dev.sluice.filters.faults to dev.sluice.runtime;
    opens dev.sluice.filters.ratelimit to dev.sluice.runtime;
    opens dev.sluice.filters.sniff to dev.sluice.runtime;

    provides dev.sluice.api.FilterProvider with
            dev.sluice.filters.acl.AclProvider,
            dev.sluice.filters.faults.FaultProvider,
            dev.sluice.filters.ratelimit.RateLimitProvider,
            dev.sluice.filters.sniff.SniffProvider;
}
