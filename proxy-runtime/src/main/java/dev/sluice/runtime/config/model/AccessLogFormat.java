package dev.sluice.runtime.config.model;

/** What a line of the access log looks like. */
public enum AccessLogFormat {
    /** One JSON object. */
    JSON,
    /** Text, laid out by a template. */
    TEXT
}
