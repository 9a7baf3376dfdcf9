package dev.sluice.runtime.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory that the system leaves to this process: what the machine has, or the least that one of its control groups allows. Read from
 * files, as the JVM does it for its own use; its management interface shows the number too, but takes far longer to start (decision 0016).
 *
 * <p>Where a control group lies, {@code /proc/self/cgroup} says relative to the root of its hierarchy, and {@code /proc/self/mountinfo} says
 * what is mounted where (cgroups(7)). A container may see its own group as the root of what is mounted, with or without the name that it has
 * outside. Limits of groups further up count too.
 */
public final class AvailableMemory {
    /** What cannot be found out does not limit anything. */
    static final long UNKNOWN = Long.MAX_VALUE;

    private final Path root;

    /** @param root of the file system; another one for tests */
    AvailableMemory(Path root) {
        this.root = root;
    }

    /** Of this process, in bytes; {@link #UNKNOWN} where the system does not say. */
    public static long bytes() {
        return new AvailableMemory(Path.of("/")).read();
    }

    /** In bytes. */
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

    /** The least limit from a group up to what is mounted. */
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

    /** Also of "max", and of what does not fit a long. */
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
