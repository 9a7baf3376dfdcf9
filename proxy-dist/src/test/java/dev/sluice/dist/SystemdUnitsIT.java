package dev.sluice.dist;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The units of the tarball, as far as systemd itself can say without being the first process. */
class SystemdUnitsIT {
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

    @TempDir
    Path directory;

    /** Systemd ignores what it does not know, with a line in its log that nobody reads. */
    @Test
    void systemdFindsNothingWrongWithThem() throws Exception {
        assumeTrue(Files.isExecutable(ANALYZE),
                "systemd-analyze is not installed here, so the units are not checked by systemd");
        Path home = TestingInstallation.get().home();
        for (String unit : List.of("sluice.service", "sluice.socket")) {
            // Programs and files that a unit names have to exist.
            Files.writeString(directory.resolve(unit), Files.readString(home.resolve("systemd").resolve(unit))
                    .replace("/opt/sluice", home.toString()));
        }
        assertEquals(List.of(), verify("sluice.service"));
        assertEquals(List.of(), verify("sluice.socket"));
        Path broken = directory.resolve("broken.service");
        Files.writeString(broken, Files.readString(directory.resolve("sluice.service"))
                .replace("WatchdogSec=", "WatchDogSec="));
        assertTrue(verify("broken.service").toString().contains("WatchDogSec"), "it finds nothing at all");
    }

    /** The lines about this unit; those about others of the machine are not ours. */
    private List<String> verify(String unit) throws Exception {
        Process process = new ProcessBuilder(ANALYZE.toString(), "verify", "--man=no",
                directory.resolve(unit).toString())
                .redirectErrorStream(true).start();
        process.getOutputStream().close();
        List<String> lines = process.inputReader().lines().filter(line -> line.contains(directory.resolve(unit)
                .toString()) || line.startsWith(unit)).toList();
        assertTrue(process.waitFor(TestingDaemon.LIMIT.toSeconds(), TimeUnit.SECONDS));
        return lines;
    }
}
