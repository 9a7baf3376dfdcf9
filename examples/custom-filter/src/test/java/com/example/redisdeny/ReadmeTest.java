package com.example.redisdeny;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

import dev.sluice.api.FilterProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The steps of README.md make a plugin. Those that need an unpacked Sluice are left out; the tests of the tarball do
 * them.
 */
class ReadmeTest {
    private static final Pattern FILE = Pattern.compile("^`([^`\n]+)`:\n```\\w+\n(.*?)^```$",
            Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern COMMANDS = Pattern.compile("^```sh\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @TempDir
    private Path temporary;

    @Test
    @Timeout(120)
    void theFilterBuildsPassesItsTestAndIsInstalled() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        Path sluice = Files.createDirectory(temporary.resolve("sluice"));
        Path work = Files.createDirectory(temporary.resolve("work"));
        provideApi(Files.createDirectory(sluice.resolve("lib")).resolve("proxy-api-0.jar"));
        StringBuilder script = new StringBuilder("set -eu\n");
        for (MatchResult commands : COMMANDS.matcher(readme).results().toList()) {
            if (!commands.group(1).contains("bin/sluice")) {
                script.append(commands.group(1));
            }
        }
        List<String> files = write(readme, work);
        assertEquals(List.of("src/com/example/bannerguard/BannerGuard.java", "src/module-info.java",
                "test/BannerGuardTest.java", "guarded.yaml"), files);

        Path output = temporary.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script.toString()).directory(work.toFile())
                .redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("SLUICE", sluice.toString());
        builder.environment().put("PATH",
                Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"));
        int exit = builder.start().waitFor();
        assertEquals("BannerGuard is fine\n", Files.readString(output));
        assertEquals(0, exit);
        assertTrue(Files.exists(sluice.resolve("plugins/banner-guard/banner-guard.jar")));
    }

    private static List<String> write(String readme, Path work) throws IOException {
        List<String> files = new ArrayList<>();
        for (MatchResult file : FILE.matcher(readme).results().toList()) {
            Path target = work.resolve(file.group(1));
            Files.createDirectories(target.getParent());
            Files.writeString(target, file.group(2));
            files.add(file.group(1));
        }
        return files;
    }

    /** The API is a directory of classes here if it was not packaged. */
    private static void provideApi(Path jar) throws Exception {
        Path api = Path.of(FilterProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isRegularFile(api)) {
            Files.copy(api, jar);
            return;
        }
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> all = Files.walk(api)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(api.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
    }
}
