package dev.sluice.runtime.plugin;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A look at the platform threads of the process, to find those that keep the class loader of a plugin in memory. The
 * JVM does not show the task of a thread, so a pool whose threads are idle is not found; nor are virtual threads, which
 * end with their filter.
 */
final class LoaderThreads {
    private static final int NAMED = 3;
    private static final String UNKNOWN = "perhaps an idle thread of a pool, a ThreadLocal of an event loop, a shutdown hook"
            + " or a JDK registry such as DriverManager keeps it";

    private final Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();

    /** The probable reason why a loader that no generation has is still in memory, as the end of a sentence. */
    String reason(ClassLoader loader) {
        List<String> names = stacks.entrySet().stream().filter(entry -> isOf(entry.getKey(), entry.getValue(), loader))
                .map(Map.Entry::getKey).sorted(Comparator.comparingLong(Thread::threadId))
                .map(thread -> '"' + Sentences.plain(thread.getName()) + '"').toList();
        if (names.isEmpty()) {
            return UNKNOWN;
        }
        if (names.size() == 1) {
            return "a thread " + names.getFirst() + " runs in it";
        }
        String more = names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "";
        return "threads " + String.join(", ", names.subList(0, Math.min(NAMED, names.size()))) + more + " run in it";
    }

    private static boolean isOf(Thread thread, StackTraceElement[] stack, ClassLoader loader) {
        if (isBelow(thread.getContextClassLoader(), loader) || isBelow(thread.getClass().getClassLoader(), loader)) {
            return true;
        }
        String name = loader.getName();
        for (StackTraceElement element : stack) {
            // Only the name of the loader is known, and that is different for each edition of a plugin.
            if (name != null && name.equals(element.getClassLoaderName())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a loader is the other one, or one that has it as an ancestor: plugins may have loaders of their own. */
    @SuppressWarnings("ReferenceEquality") // A loader of a plugin may have an equals of its own.
    private static boolean isBelow(@Nullable ClassLoader loader, ClassLoader ancestor) {
        for (ClassLoader each = loader; each != null; each = each.getParent()) {
            if (each == ancestor) {
                return true;
            }
        }
        return false;
    }
}
