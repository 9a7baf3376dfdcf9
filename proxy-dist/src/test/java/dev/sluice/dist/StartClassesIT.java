package dev.sluice.dist;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Classes that the start of the daemon must not pay for. */
class StartClassesIT {
    @TempDir
    Path directory;

    @Test
    void whatAFirstConnectionDoesNotNeedIsLeftAlone() throws Exception {
        Path classes = directory.resolve("classes.log");
        try (TestingEcho echo = new TestingEcho();
                TestingDaemon daemon = TestingDaemon
                        .sluice("run", "-c", echo.configuration(directory.resolve("sluice.yaml"), "127.0.0.1:0", "1s")
                                .toString())
                        .environment("SLUICE_OPTS", "-Xlog:class+load:file=" + classes).start()) {
            daemon.ready();
            List<String> loaded = Files.readAllLines(classes);
            assertTrue(loaded.size() > 500, () -> "these are not all: " + loaded);
            assertEquals(List.of(), loaded.stream()
                    .filter(line -> line.contains(" jdk.jfr.") || line.contains(" org.xbill.")
                            || line.contains(" org.jline.") || line.contains(" dev.sluice.dist.Top")
                            || line.contains(" dev.sluice.runtime.service.") || line.contains(".NotifySocket")
                            || line.contains(" dev.sluice.runtime.capture.Captured"))
                    .toList());
        }
    }
}
