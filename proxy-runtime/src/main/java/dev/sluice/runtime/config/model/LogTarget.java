package dev.sluice.runtime.config.model;

import java.nio.file.Path;

/** The target of a log. */
public sealed interface LogTarget {
    /** A stream of the process, which stays open when the log is closed. */
    enum Stream implements LogTarget {
        /** Standard output. */
        STDOUT,
        /** Standard error. */
        STDERR
    }

    /** A file, a FIFO or a device. */
    record File(Path path) implements LogTarget {}

    /** The same target, with a relative path resolved from a directory. */
    default LogTarget resolvedFrom(Path directory) {
        return this instanceof File(Path path) ? new File(directory.resolve(path).normalize()) : this;
    }
}
