/** The interfaces that a filter plugin is compiled against. Needs {@code java.base} and nothing else at run time. */
module dev.sluice.api {
    // Not transitive: a plugin is compiled against this module alone.
    requires static org.jspecify;

    exports dev.sluice.api;
    exports dev.sluice.api.config;
    exports dev.sluice.api.fault;
    exports dev.sluice.api.net;
    exports dev.sluice.api.testkit;
}
