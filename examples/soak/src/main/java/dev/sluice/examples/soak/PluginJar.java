package dev.sluice.examples.soak;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The JAR of the plugin in the daemon's plugin directory, replaced again and again by one that does the same but is another. */
final class PluginJar {
    private final Path original;
    private final Path installed;
    private int variants;

    /**
     * Installs the plugin.
     *
     * @param original as it was built
     * @param plugins the plugin directory
     */
    PluginJar(Path original, Path plugins) throws IOException {
        this.original = original;
        Path directory = Files.createDirectories(plugins.resolve("redis-deny"));
        installed = directory.resolve("redis-deny.jar");
        replace();
    }

    /** Puts another variant in its place. */
    synchronized void replace() throws IOException {
        Path next = installed.resolveSibling("next");
        try (ZipFile jar = new ZipFile(original.toFile());
                OutputStream file = Files.newOutputStream(next);
                ZipOutputStream out = new ZipOutputStream(file)) {
            for (Enumeration<? extends ZipEntry> entries = jar.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                out.putNextEntry(new ZipEntry(entry.getName()));
                try (InputStream in = jar.getInputStream(entry)) {
                    in.transferTo(out);
                }
            }
            out.putNextEntry(new ZipEntry("META-INF/variant.txt"));
            out.write(Integer.toString(++variants).getBytes(StandardCharsets.US_ASCII));
        }
        Files.move(next, installed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
