package dev.sluice.dist;

/** What a line of the log on standard error looks like. */
enum LogFormat {
    /** For people. */
    TEXT,
    /** One JSON object for each line, for collectors. */
    JSON
}
