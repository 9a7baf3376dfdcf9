package dev.sluice.examples.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A short soak of the tarball. */
class SoakIT {
    private static final int SECONDS = 7;
    private static final int RATE = 60;

    @TempDir
    private Path home;

    private static Path property(String name) {
        return Path.of(Objects.requireNonNull(System.getProperty(name), name));
    }

    @Test
    void p12NothingIsUnexplainedAndNothingIsLeft() throws IOException, InterruptedException {
        Process tar = new ProcessBuilder("tar", "-xzf", property("sluice.tarball").toString(), "-C", home.toString(),
                "--strip-components=1")
                .inheritIO().start();
        assertTrue(tar.waitFor(60, TimeUnit.SECONDS) && tar.exitValue() == 0);
        Result result = Soak.run(new Options(home, property("sluice.plugin"), property("sluice.soak.output"), 14,
                SECONDS, RATE, 8_000_000));
        assertEquals(List.of(), result.findings());
        assertTrue(result.connections() > 0 && result.bytes() > 0, "there was a load");
        assertEquals(Set.of("crashes", "drains", "drains with a time", "flaps", "plugin swaps", "reloads", "rotations"),
                result.disturbances().keySet(), "each has happened");
        assertTrue(result.lines() >= result.connections(), "each connection has a line in the access log");
    }
}
