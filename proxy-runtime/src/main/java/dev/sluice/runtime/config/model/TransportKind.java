package dev.sluice.runtime.config.model;

/** How the loops talk to the operating system. */
public enum TransportKind {
    /** The best one that this build has for this system. */
    AUTO,
    /** Linux, over {@code java.lang.foreign}. */
    EPOLL,
    /** Portable, over {@code java.nio.channels}. */
    NIO
}
