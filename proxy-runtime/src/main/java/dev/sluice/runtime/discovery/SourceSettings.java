package dev.sluice.runtime.discovery;

/** The identity of a source of endpoints: equal settings are one source, which clusters share. */
public sealed interface SourceSettings permits DnsSettings, FileSettings {
    /** The kind, as admin and metrics name it. */
    String kind();

    /** The name or file, as messages name it. */
    String label();
}
