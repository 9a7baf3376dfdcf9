package dev.sluice.dist;

/** The format of the log on standard error. */
enum LogFormat {
    /** For people. */
    TEXT,
    /** One JSON object for each line, for collectors. */
    JSON
}
