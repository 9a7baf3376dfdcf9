package dev.sluice.runtime.config;

import java.util.List;

import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.MemoryConfig;

/** Checks of the keys {@code tls}: a record has to fit into a buffer, and a second buffer is needed for sealing. */
final class TlsChecks {
    /** A record of 16 KiB behind bytes that filters hold. */
    private static final int LEAST_BUFFER = 64 * 1024;
    /** Buffers for each event loop: one to read, one to seal, and as many that wait for slow receivers. */
    private static final int LEAST_BUFFERS = 4;

    private final Problems problems;

    TlsChecks(Problems problems) {
        this.problems = problems;
    }

    void check(Configuration configuration) {
        List<ListenerConfig> terminating = configuration.listeners().stream()
                .filter(listener -> listener.tls().isPresent()).toList();
        MemoryConfig memory = configuration.memory();
        if (terminating.isEmpty() || memory.place().isWrong("readBuffer")) {
            return;
        }
        long buffer = memory.readBuffer().bytes();
        if (buffer < LEAST_BUFFER) {
            problems.add(memory.place().at("readBuffer"), "a record of TLS does not fit, and listener "
                    + terminating.getFirst().name() + " has tls", "at least 64KiB", null);
            return;
        }
        boolean known = !memory.place().isWrong("pool") && !configuration.runtime().place().isWrong("eventLoops");
        long least = buffer * LEAST_BUFFERS * configuration.runtime().eventLoops();
        if (known && memory.pool().bytes() < least) {
            problems.add(memory.place().at("pool"), memory.pool() + " is less than " + LEAST_BUFFERS
                    + " read buffers for each event loop, which TLS needs", "at least " + least / 1024 + "KiB", null);
        }
    }
}
