package dev.sluice.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The tarball of this build, unpacked where the build never was. */
final class TestingInstallation {
    private static final Path TARBALL = Path.of(System.getProperty("sluice.tarball"));
    private static final TestingInstallation SHARED = shared();

    private final Path home;

    private TestingInstallation(Path home) {
        this.home = home;
    }

    /** One for all tests that do not change it. */
    static TestingInstallation get() {
        return SHARED;
    }

    /** Unpacks the tarball below {@code directory}. */
    static TestingInstallation unpack(Path directory) throws IOException, InterruptedException {
        Process tar = new ProcessBuilder("tar", "-xzf", TARBALL.toString(), "-C", directory.toString()).inheritIO()
                .start();
        if (!tar.waitFor(60, TimeUnit.SECONDS) || tar.exitValue() != 0) {
            tar.destroyForcibly();
            throw new IllegalStateException("cannot unpack " + TARBALL);
        }
        return new TestingInstallation(directory.resolve("sluice-" + System.getProperty("sluice.version")));
    }

    private static TestingInstallation shared() {
        try {
            Path directory = Files.createTempDirectory("sluice-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            return unpack(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The directory that holds {@code bin}, {@code lib} and the others. */
    Path home() {
        return home;
    }

    /** {@code bin/sluice}. */
    String sluice() {
        return home.resolve("bin/sluice").toString();
    }
}
