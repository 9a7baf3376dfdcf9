package dev.sluice.runtime.engine;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.config.ByteSize;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.RuntimeConfig;
import dev.sluice.runtime.config.model.RuntimeConfig.TransportKind;

/**
 * The keys that cannot change while a process runs: the event loops, their transport, and the memory that is divided
 * among them. A default that would be computed differently now, because the machine has changed, is no change.
 */
final class RestartKeys {
    private final Configuration running;
    private final Configuration next;
    private final List<Problem> changed = new ArrayList<>();

    private RestartKeys(Configuration running, Configuration next) {
        this.running = running;
        this.next = next;
    }

    /** A problem for each key that has changed; none = the configuration can be applied. */
    static List<Problem> changed(Configuration running, Configuration next, String transport) {
        return new RestartKeys(running, next).find(transport);
    }

    private List<Problem> find(String transport) {
        RuntimeConfig before = running.runtime();
        RuntimeConfig after = next.runtime();
        compare(after.place(), "eventLoops", before.eventLoops(), after.eventLoops(),
                isWritten(before.place(), after.place(), "eventLoops"));
        if (after.transport() != TransportKind.AUTO && !label(after.transport()).equals(transport)) {
            compare(after.place(), "transport", transport, label(after.transport()), true);
        }
        MemoryConfig old = running.memory();
        MemoryConfig now = next.memory();
        size("readBuffer", old.readBuffer(), now.readBuffer());
        size("pool", old.pool(), now.pool());
        size("stash", old.stash(), now.stash());
        size("pipes", old.pipes(), now.pipes());
        return changed;
    }

    private static String label(TransportKind kind) {
        return kind == TransportKind.EPOLL ? "epoll" : kind == TransportKind.NIO ? "nio" : "auto";
    }

    private void size(String key, ByteSize old, ByteSize now) {
        compare(next.memory().place(), key, old, now, isWritten(running.memory().place(), next.memory().place(), key));
    }

    private static boolean isWritten(ConfigPlace before, ConfigPlace after, String key) {
        return before.has(key) || after.has(key);
    }

    private void compare(ConfigPlace place, String key, Object old, Object now, boolean written) {
        if (written && !old.equals(now)) {
            changed.add(Problem.refusal(place, key, old + " → " + now
                    + " cannot change while the process runs: restart it to apply that, or write " + old));
        }
    }

    /** The next configuration with the values of these keys as they are in the running one. */
    static Configuration carryOver(Configuration running, Configuration next) {
        RuntimeConfig runtime = next.runtime();
        return new Configuration(next.include(), next.plugins(),
                new RuntimeConfig(running.runtime().eventLoops(), runtime.transport(), runtime.drainTimeout(),
                        runtime.drainDelay(),
                        runtime.watch(), runtime.filterChecks(), runtime.place()),
                running.memory(), next.limits(), next.tls(), next.admin(), next.accessLog(), next.listeners(),
                next.clusters());
    }
}
