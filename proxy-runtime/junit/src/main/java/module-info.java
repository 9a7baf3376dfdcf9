/** The extension for JUnit: a proxy in a test. Uses the embedding API alone. */
module dev.sluice.junit {
    requires transitive dev.sluice.runtime;
    requires transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports dev.sluice.junit;
}
