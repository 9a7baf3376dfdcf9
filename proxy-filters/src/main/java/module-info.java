/** The built-in filters. They see the proxy through {@code dev.sluice.api} alone, which proves that a plugin can do what they do. */
module dev.sluice.filters {
    requires dev.sluice.api;
    requires static org.jspecify;
}
