package dev.sluice.runtime.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files as systems really have them. */
class AvailableMemoryTest {
    private static final long GIB = 1L << 30;
    private static final String V2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";

    @TempDir
    Path root;

    @Test
    void withoutControlGroupsItIsTheMachines() throws IOException {
        machine();
        assertEquals(8 * GIB, read());
    }

    @Test
    void whatTheSystemDoesNotSayLimitsNothing() {
        assertEquals(AvailableMemory.UNKNOWN, read());
    }

    @Test
    void aServiceOfVersion2() throws IOException {
        machine();
        file("proc/self/cgroup", "0::/system.slice/sluice.service");
        file("proc/self/mountinfo", V2);
        file("sys/fs/cgroup/system.slice/sluice.service/memory.max", "134217728");
        file("sys/fs/cgroup/system.slice/memory.max", "max");
        assertEquals(128L << 20, read());
    }

    @Test
    void aLimitFurtherUpCounts() throws IOException {
        machine();
        file("proc/self/cgroup", "0::/tenant/sluice");
        file("proc/self/mountinfo", V2);
        file("sys/fs/cgroup/tenant/sluice/memory.max", "max");
        file("sys/fs/cgroup/tenant/memory.max", "268435456");
        assertEquals(256L << 20, read());
    }

    @Test
    void aContainerOfVersion2SeesItsGroupAsTheRoot() throws IOException {
        machine();
        file("proc/self/cgroup", "0::/");
        file("proc/self/mountinfo", V2);
        file("sys/fs/cgroup/memory.max", "134217728");
        assertEquals(128L << 20, read());
    }

    @Test
    void aGroupOfVersion1BesideOthers() throws IOException {
        machine();
        file("proc/self/cgroup", "5:cpu,cpuacct:/other\n4:memory:/sluice\n0::/");
        file("proc/self/mountinfo", """
                33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
                35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
                41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw""");
        file("sys/fs/cgroup/memory/sluice/memory.limit_in_bytes", "134217728");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
        assertEquals(128L << 20, read());
    }

    /** Docker: the name of the group is that of the host, and only the group itself is mounted. */
    @Test
    void aContainerOfVersion1HasItsGroupMounted() throws IOException {
        machine();
        file("proc/self/cgroup", "4:memory:/docker/abc");
        file("proc/self/mountinfo", "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "134217728");
        assertEquals(128L << 20, read());
    }

    @Test
    void aLimitAboveTheMachineIsNone() throws IOException {
        machine();
        file("proc/self/cgroup", "0::/");
        file("proc/self/mountinfo", V2);
        file("sys/fs/cgroup/memory.max", Long.toString(64 * GIB));
        assertEquals(8 * GIB, read());
    }

    @Test
    void nonsenseIsPassedOver() throws IOException {
        machine();
        file("proc/self/cgroup", "x\n0::/../../etc\n\n");
        file("proc/self/mountinfo", "\nx\n - \n30 23 - cgroup2\n" + V2);
        file("sys/fs/cgroup/memory.max", "99999999999999999999\nmany\n");
        assertEquals(8 * GIB, read());
    }

    @Test
    void thisMachineHasSome() {
        assertTrue(AvailableMemory.bytes() > 0);
    }

    private long read() {
        return new AvailableMemory(root).read();
    }

    private void machine() throws IOException {
        file("proc/meminfo", "MemTotal:        8388608 kB\nMemFree:          512 kB");
    }

    private void file(String path, String content) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content + "\n");
    }
}
