import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.zip.GZIPOutputStream;

/**
 * Writes what the Debian package has outside of {@code /usr/lib/sluice}: configuration, units, manual pages, completion, and what the policy
 * of Debian asks for. From the staged directory of the tarball, so that both say the same.
 *
 * <p>Arguments: the staged directory, {@code src/deb}, the directory to write.
 */
public final class DebianFiles {
    private static final String HOME = "/opt/sluice";
    private static final String PACKAGE_HOME = "/usr/lib/sluice";
    private static final String MAINTAINER = "The authors of Sluice <sluice@localhost>";
    private static final int XFL = 8;

    private final Path stage;
    private final Path root;

    private DebianFiles(Path stage, Path root) {
        this.stage = stage;
        this.root = root;
    }

    public static void main(String[] args) throws IOException {
        DebianFiles files = new DebianFiles(Path.of(args[0]), Path.of(args[2]));
        Path own = Path.of(args[1]);
        files.copy("conf/sluice.yaml", "etc/sluice/sluice.yaml", "bin/sluice", "sluice");
        files.copy("systemd/sluice.service", "usr/lib/systemd/system/sluice.service", HOME, PACKAGE_HOME);
        files.copy("systemd/sluice.socket", "usr/lib/systemd/system/sluice.socket", HOME, PACKAGE_HOME);
        files.copy("share/bash-completion/completions/sluice", "usr/share/bash-completion/completions/sluice", "#!/usr/bin/env bash\n", "");
        try (DirectoryStream<Path> pages = Files.newDirectoryStream(files.stage.resolve("share/man/man1"))) {
            for (Path page : pages) {
                files.compressed("usr/share/man/man1/" + page.getFileName() + ".gz", Files.readAllBytes(page));
            }
        }
        files.write("etc/logrotate.d/sluice", Files.readAllBytes(own.resolve("logrotate")));
        files.write("usr/share/lintian/overrides/sluice", Files.readAllBytes(own.resolve("lintian-overrides")));
        files.write("usr/share/doc/sluice/copyright", Files.readAllBytes(own.resolve("copyright")));
        files.compressed("usr/share/doc/sluice/changelog.gz", files.changelog().getBytes(StandardCharsets.UTF_8));
    }

    /** The changelog that the policy asks for; that for users is a page of the documentation. */
    private String changelog() throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(stage.resolve("lib"), "proxy-api-*.jar")) {
            String jar = jars.iterator().next().getFileName().toString();
            // As jdeb has it: a snapshot comes before its release.
            String version = jar.substring("proxy-api-".length(), jar.length() - ".jar".length()).replace("-SNAPSHOT", "~snapshot");
            String date = DateTimeFormatter.RFC_1123_DATE_TIME
                    .format(Files.getLastModifiedTime(stage.resolve("README.md")).toInstant().atOffset(ZoneOffset.ofHoursMinutes(0, 0)))
                    .replace("GMT", "+0000");
            return """
                    sluice (%s) unstable; urgency=medium

                      * What has changed for users is in /usr/lib/sluice/docs/changelog.md.

                     -- %s  %s
                    """.formatted(version, MAINTAINER, date.length() < "Thu, 01 Jan 2026 00:00:00 +0000".length()
                    ? date.replace(", ", ", 0")
                    : date);
        }
    }

    private void copy(String from, String to, String text, String replacement) throws IOException {
        // The first lines of a unit say how it is installed by hand.
        String content = Files.readString(stage.resolve(from)).replace(text, replacement);
        write(to, (from.startsWith("systemd/") ? content.substring(content.indexOf("[Unit]")) : content).getBytes(StandardCharsets.UTF_8));
    }

    /** As {@code gzip -9n}: neither the name nor the time is in the file. */
    private void compressed(String to, byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed) {
            {
                def.setLevel(9);
            }
        }) {
            gzip.write(content);
        }
        byte[] bytes = compressed.toByteArray();
        // "Compressed as well as possible" (RFC 1952, XFL), which Java does not say.
        bytes[XFL] = 2;
        write(to, bytes);
    }

    private void write(String to, byte[] content) throws IOException {
        Path file = root.resolve(to);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }
}
