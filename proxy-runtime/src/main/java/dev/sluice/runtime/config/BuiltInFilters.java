package dev.sluice.runtime.config;

import java.util.Set;

/** What is known here of the filters that come with the proxy, though a program that embeds it need not have them. */
final class BuiltInFilters {
    /** Where they are. */
    static final String MODULE = "the module dev.sluice.filters (archive proxy-filters)";
    /** The one that finds out protocol, SNI and ALPN. */
    static final String SNIFF = "sniff";

    private static final Set<String> TYPES = Set.of("acl", "rate-limit", SNIFF);

    private BuiltInFilters() {}

    static boolean has(String type) {
        return TYPES.contains(type);
    }
}
