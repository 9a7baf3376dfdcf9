package dev.sluice.runtime.config.model;

/** How the loops talk to the operating system. */
public enum TransportKind {
    /** Epoll where it can be used, NIO elsewhere. */
    AUTO,
    /** Linux, over {@code java.lang.foreign}. */
    EPOLL,
    /** Portable, over {@code java.nio.channels}. */
    NIO
}
