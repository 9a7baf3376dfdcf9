package dev.sluice.runtime.testing;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * A ledger of what the process holds: threads of the proxy, descriptors. Opened before a test, and again the same after
 * it.
 */
public final class Ledger {
    static {
        JdkDescriptors.open();
    }

    private final long descriptors;
    private final Map<String, Integer> threads;

    private Ledger(long descriptors, Map<String, Integer> threads) {
        this.descriptors = descriptors;
        this.threads = threads;
    }

    /** A ledger of what is held now. */
    public static Ledger open() {
        return new Ledger(descriptors(), threads());
    }

    /** Descriptors of this process that are not files: sockets, selectors, event and pipe ends. The JVM opens jars when it likes. */
    public static long descriptors() {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            return links.filter(Ledger::isNoFile).count();
        } catch (IOException notOnThisSystem) {
            return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                    .getOpenFileDescriptorCount();
        }
    }

    private static boolean isNoFile(Path link) {
        try {
            return !Files.readSymbolicLink(link).toString().startsWith("/");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** Direct memory of this process that the JVM counts, in bytes. */
    public static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    private static Map<String, Integer> threads() {
        Map<String, Integer> count = new TreeMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("sluice-")) {
                count.merge(thread.getName(), 1, Integer::sum);
            }
        }
        return count;
    }

    /** Waits until nothing is held that was not held when this was opened. */
    public void settle() {
        Await.value("the proxy's threads to be gone except " + threads, Ledger::threads, now -> now.equals(threads));
        Await.value("descriptors to be back at " + descriptors, Ledger::descriptors, now -> now <= descriptors);
    }
}
