package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The proxy in Go of {@code peers/}, written and run as the Go project recommends. */
final class GoProxy {
    private static final String NAME = "Go";
    private static final Map<String, String> ENVIRONMENT = Map.of("GOMAXPROCS", "1");

    private static final List<Setting> SETTINGS = List.of(
            Setting.of(NAME, "GOMAXPROCS=1", "one processor for goroutines, as every peer has one thread",
                    "package runtime, environment variables"),
            Setting.of(NAME, "io.Copy between *net.TCPConn (go-splice)",
                    "bytes pass through a pipe in the kernel; pipes of 1 MiB are pooled",
                    "release notes of Go 1.11, net; golang/go#10948 and #42740"),
            Setting.of(NAME, "one byte for life, a pooled buffer while bytes move (go-one-byte)",
                    "the remedy for memory of the essay: a goroutine that waits holds no buffer",
                    "the essay \"Goroutines, Nonblocking I/O, And Memory Usage\"").in("idle, seed"),
            Setting.of(NAME, "a buffer of 32 KiB for each direction (go-naive)",
                    "the size that io.Copy allocates when it cannot splice", "package io, Copy").in("idle, seed"),
            Setting.of(NAME, "CGO_ENABLED=0", "no C library; nothing here would use it", "command cgo"),
            Setting.kept(NAME, "TCP_NODELAY on", "what every peer has", "package net, TCPConn.SetNoDelay"),
            Setting.kept(NAME, "listen backlog", "Go passes the limit of the system, 4096 today",
                    "package net, maxListenerBacklog"),
            Setting.kept(NAME, "GOGC=100",
                    "bytes that move are no garbage; with a higher figure memory would look worse",
                    "A Guide to the Go Garbage Collector"));

    private GoProxy() {}

    /** All settings, and the defaults that were kept on purpose. */
    static List<Setting> settings() {
        return SETTINGS;
    }

    /**
     * A process.
     *
     * @param built directory of the program
     * @param way in which it copies
     * @param report port on which it reports what its buffers take
     */
    static Peer.Launch launch(Path built, Path directory, String way, int upstream, int report) throws IOException {
        int port = Peer.freePort();
        return new Peer.Launch("go-" + way, directory, port, ENVIRONMENT,
                List.of(built.resolve("goproxy").toString(), way, Integer.toString(port), Integer.toString(upstream),
                        Integer.toString(report)));
    }
}
