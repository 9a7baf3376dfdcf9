package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

import dev.sluice.runtime.testing.TestingJar;

/** Versions of one plugin that differ in a file only, so that its source is compiled once. */
final class TestingVersions {
    private final Map<String, byte[]> classes;
    private final String provider;

    /** @param jar with sources; what else it has is left out */
    TestingVersions(TestingJar jar, String provider) throws IOException {
        this.classes = jar.compile();
        this.provider = provider;
    }

    Path write(int version, Path file) {
        TestingJar jar = TestingJar.create().service(provider).entry("version.txt", "version " + version)
                .attribute("Implementation-Version", version + ".0");
        classes.forEach(jar::entry);
        return jar.write(file);
    }
}
