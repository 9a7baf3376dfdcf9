package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * CPU time of each thread of some processes, by the count of the scheduler; the ticks of {@code /proc/PID/stat} are too coarse for short runs.
 * The time of a thread that ends between two of these is lost, but not what it had used before: virtual machines end compiler threads.
 */
final class Cpu {
    private static final Count NOTHING = new Count(0, 0);

    private final Map<String, Count> byThread = new HashMap<>();

    /** As of now. */
    Cpu(Collection<Long> pids) throws IOException {
        for (long pid : pids) {
            try (Stream<Path> tasks = Files.list(Path.of("/proc/" + pid + "/task"))) {
                for (Path task : tasks.toList()) {
                    count(task);
                }
            }
        }
    }

    /** Nanoseconds on a core, user and system, and ready to run while others did. */
    private record Count(long ran, long waited) {}

    private void count(Path task) throws IOException {
        try {
            String[] counts = Files.readString(task.resolve("schedstat")).strip().split(" ", -1);
            byThread.put(task.toString(), new Count(Long.parseLong(counts[0]), Long.parseLong(counts[1])));
        } catch (IOException e) {
            if (Files.exists(task)) {
                throw e;
            }
        }
    }

    /** Nanoseconds on a core since then, of all threads. */
    long ranSince(Cpu earlier) {
        return byThread.entrySet().stream()
                .mapToLong(now -> now.getValue().ran - earlier.byThread.getOrDefault(now.getKey(), NOTHING).ran).sum();
    }

    /** Nanoseconds on a core since then, of all threads but the one that ran most: compilers, collectors. */
    long ranAsideSince(Cpu earlier) {
        return ranSince(earlier) - byThread.entrySet().stream()
                .mapToLong(now -> now.getValue().ran - earlier.byThread.getOrDefault(now.getKey(), NOTHING).ran).max()
                .orElse(0);
    }

    /** Nanoseconds in which the thread that most wanted to run since then did, or could have. */
    long wantedSince(Cpu earlier) {
        return byThread.entrySet().stream().mapToLong(now -> {
            Count before = earlier.byThread.getOrDefault(now.getKey(), NOTHING);
            return now.getValue().ran - before.ran + now.getValue().waited - before.waited;
        }).max().orElse(0);
    }
}
