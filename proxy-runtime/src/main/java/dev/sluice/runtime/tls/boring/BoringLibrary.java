package dev.sluice.runtime.tls.boring;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

import io.netty.internal.tcnative.Library;
import io.netty.internal.tcnative.SSL;
import org.jspecify.annotations.Nullable;

/**
 * The library of BoringSSL, which is loaded once in a process, when it is first asked for. Any thread.
 *
 * <p>The daemon has it as a file, {@code lib/native} of its directory, because a directory for temporary files may forbid to execute what is in
 * it. For embedding applications it comes out of the jar of netty-tcnative, by way of such a file.
 */
public final class BoringLibrary {
    private static final String HOME = "sluice.home";
    private static final String RESOURCE = "META-INF/native/";

    /** The outcome of loading. */
    private record Outcome(String version, @Nullable String problem) {}

    /** The file of the library; a temporary one is not needed once it is loaded. */
    private record File(Path path, boolean isTemporary) {}

    private static volatile boolean loaded;

    /** Loads when it is first used. */
    private static final class Once {
        private static final Outcome OUTCOME = load();
    }

    private BoringLibrary() {}

    /** Whether something has used it before, and it can be used; loads nothing. */
    public static boolean isLoaded() {
        return loaded;
    }

    /** The reason for which the library cannot be used; null = it can. */
    public static @Nullable String problem() {
        return Once.OUTCOME.problem();
    }

    /** Its name, as it says itself, and the version of the classes that it came with; empty if it cannot be used. */
    public static String version() {
        return Once.OUTCOME.version();
    }

    @SuppressWarnings("restricted")
    private static Outcome load() {
        try {
            File file = file();
            try {
                System.load(file.path().toString());
            } finally {
                if (file.isTemporary()) {
                    Files.delete(file.path());
                    Files.delete(Objects.requireNonNull(file.path().getParent()));
                }
            }
            // This name is the one of a library that is loaded already.
            Library.initialize("provided", null);
            loaded = true;
            return new Outcome(SSL.versionString() + classes(), null);
        } catch (Exception | LinkageError e) {
            return new Outcome("", problem(e));
        }
    }

    /** The version of netty-tcnative, which modules and manifests know; BoringSSL has none. */
    private static String classes() {
        ModuleDescriptor module = SSL.class.getModule().getDescriptor();
        String version = module == null
                ? SSL.class.getPackage().getImplementationVersion()
                : module.rawVersion().orElse(null);
        return version == null ? "" : " of netty-tcnative " + version;
    }

    private static String problem(Throwable e) {
        return e instanceof NoClassDefFoundError
                ? "netty-tcnative-classes is not on the path"
                : String.valueOf(e.getMessage() == null ? e : e.getMessage());
    }

    /** The file's name, which says for what it was built. */
    static String fileName() {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return "libnetty_tcnative_" + System.getProperty("os.name", "").toLowerCase(Locale.ROOT) + "_" + switch (arch) {
            case "amd64", "x86-64" -> "x86_64";
            case "aarch64" -> "aarch_64";
            default -> arch;
        } + ".so";
    }

    private static File file() throws IOException {
        String home = System.getProperty(HOME);
        if (home != null) {
            Path file = Path.of(home, "lib", "native", fileName()).toAbsolutePath();
            if (Files.isRegularFile(file)) {
                return new File(file, false);
            }
        }
        ClassLoader loader = BoringLibrary.class.getClassLoader();
        try (InputStream content = loader.getResourceAsStream(RESOURCE + fileName())) {
            if (content == null) {
                throw new IOException(fileName() + " is neither in lib/native nor on the path");
            }
            // The library reads its own file name.
            Path file = Files.createTempDirectory("sluice-tls").resolve(fileName());
            Files.copy(content, file);
            return new File(file, true);
        }
    }
}
