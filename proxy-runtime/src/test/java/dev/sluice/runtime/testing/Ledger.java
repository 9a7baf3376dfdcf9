package dev.sluice.runtime.testing;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;

import com.sun.management.UnixOperatingSystemMXBean;

/** What the process holds: threads of the proxy, descriptors. Opened before a test, and again the same after it. */
public final class Ledger {
    private final long descriptors;
    private final Map<String, Integer> threads;

    private Ledger(long descriptors, Map<String, Integer> threads) {
        this.descriptors = descriptors;
        this.threads = threads;
    }

    /** What is held now. */
    public static Ledger open() {
        return new Ledger(descriptors(), threads());
    }

    /** Descriptors of this process. */
    public static long descriptors() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
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
        // The JVM opens class files and the like when it likes, but it does not open hundreds.
        Await.value("descriptors to be back at " + descriptors, Ledger::descriptors, now -> now <= descriptors + 2);
    }
}
