import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Removes libraries of the system from a jar. Nothing here loads them: a library in a jar would have to be written to a
 * directory first, where programs may not be executed.
 */
final class NativeCode {
    private static final Pattern LIBRARY = Pattern.compile(".*\\.(so|dll|jnilib|dylib)|.*/checksums\\.sha256");
    private static final String NOTICE = "META-INF/sluice-notice.txt";

    private NativeCode() {}

    /**
     * Changes a jar in place.
     *
     * @param time of all entries, so that each build writes the same bytes
     * @throws IllegalArgumentException if it has none, or is signed
     */
    static void remove(Path jar, LocalDateTime time) throws IOException {
        Path changed = jar.resolveSibling(jar.getFileName() + ".changed");
        try (ZipFile old = new ZipFile(jar.toFile())) {
            if (old.stream().noneMatch(entry -> LIBRARY.matcher(entry.getName()).matches())) {
                throw new IllegalArgumentException(jar + " has no libraries: it need not be changed any more");
            }
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(changed))) {
                // In the order of the old jar: the manifest has to stay the first.
                for (Enumeration<? extends ZipEntry> entries = old.entries(); entries.hasMoreElements();) {
                    ZipEntry entry = entries.nextElement();
                    if (entry.getName().startsWith("META-INF/") && entry.getName().endsWith(".SF")) {
                        throw new IllegalArgumentException(jar + " is signed: it cannot be changed");
                    }
                    if (!LIBRARY.matcher(entry.getName()).matches()) {
                        put(out, entry.getName(), old.getInputStream(entry).readAllBytes(), time);
                    }
                }
                put(out, NOTICE, "Modified when Sluice was packaged: native libraries were removed.\nNothing else was changed.\n"
                        .getBytes(), time);
            }
        }
        Files.move(changed, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void put(ZipOutputStream zip, String name, byte[] content, LocalDateTime time) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(time);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
