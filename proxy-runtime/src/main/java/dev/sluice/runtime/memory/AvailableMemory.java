package dev.sluice.runtime.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that the system leaves to this process: that of the machine, or the least limit of its control groups.
 * Read from files, as the JVM does it for its own use; its management interface shows the number too, but takes far
 * longer to start (decision 0016).
 *
 * <p>{@code /proc/self/cgroup} has the path of a control group relative to the root of its hierarchy, and
 * {@code /proc/self/mountinfo} has the place where that hierarchy is mounted (cgroups(7)). A container may see its own
 * group as the root of the mount, with or without the name that the group has outside. Limits of groups further up
 * count too.
 */
public final class AvailableMemory {
    /** The value for a limit that cannot be read: it limits nothing. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final Path root;

    /** @param root of the file system; another one for tests */
    AvailableMemory(Path root) {
        this.root = root;
    }

    /** Memory available to this process, in bytes; {@link #UNKNOWN} where the system does not say. */
    public static long bytes() {
        return new AvailableMemory(Path.of("/")).read();
    }

    /** Available memory in bytes; {@link #UNKNOWN} if nothing could be read. */
    long read() {
        long least = machine();
        List<String> groups = lines("proc/self/cgroup");
        for (String line : lines("proc/self/mountinfo")) {
            // 32 31 0:29 /root /mount/point rw,relatime optional ... - type source options
            int dash = line.indexOf(" - ");
            String[] mount = line.split(" ");
            String[] system = dash < 0 ? mount : line.substring(dash + 3).split(" ");
            if (dash < 0 || mount.length < 5 || system.length < 3) {
                continue;
            }
            if (system[0].equals("cgroup2")) {
                least = Math.min(least, limit(mount[3], mount[4], group(groups, ""), "memory.max"));
            } else if (system[0].equals("cgroup") && List.of(system[2].split(",")).contains("memory")) {
                least = Math.min(least, limit(mount[3], mount[4], group(groups, "memory"), "memory.limit_in_bytes"));
            }
        }
        return least;
    }

    private long machine() {
        for (String line : lines("proc/meminfo")) {
            if (line.startsWith("MemTotal:")) {
                long kib = number(line.substring("MemTotal:".length()).replace("kB", ""));
                return kib == UNKNOWN ? UNKNOWN : kib * 1024;
            }
        }
        return UNKNOWN;
    }

    /** The path of the process in the hierarchy of a controller; that of version 2 has none. */
    private static String group(List<String> groups, String controller) {
        for (String line : groups) {
            String[] parts = line.split(":", 3);
            if (parts.length == 3 && List.of(parts[1].split(",")).contains(controller)) {
                return parts[2];
            }
        }
        return "/";
    }

    /** The least limit of a group and its parents, up to the mount point. */
    private long limit(String mountRoot, String mountPoint, String group, String file) {
        Path top = under(mountPoint);
        String below = mountRoot.equals("/")
                ? group
                : (group + "/").startsWith(mountRoot + "/") ? group.substring(mountRoot.length()) : "/";
        Path directory = top.resolve(below.replaceFirst("^/+", "")).normalize();
        if (!directory.startsWith(top) || !Files.isDirectory(directory)) {
            directory = top;
        }
        long least = UNKNOWN;
        for (Path each = directory; each != null && each.startsWith(top); each = each.getParent()) {
            for (String line : lines(each.resolve(file))) {
                least = Math.min(least, number(line));
            }
        }
        return least;
    }

    /** The number in a file; {@link #UNKNOWN} for "max", and for what does not fit a long. */
    private static long number(String text) {
        try {
            long number = Long.parseLong(text.strip());
            return number < 0 ? UNKNOWN : number;
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }

    private Path under(String absolute) {
        return root.resolve(absolute.replaceFirst("^/+", "")).normalize();
    }

    private List<String> lines(String file) {
        return lines(root.resolve(file));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return new ArrayList<>();
        }
    }
}
