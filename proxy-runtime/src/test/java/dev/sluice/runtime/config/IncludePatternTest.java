package dev.sluice.runtime.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class IncludePatternTest {
    @TempDir
    private Path directory = Path.of("");

    @BeforeEach
    void files() throws Exception {
        for (String name : List.of("conf.d/b.yaml", "conf.d/a.yaml", "conf.d/.hidden.yaml", "conf.d/a.yaml~",
                "sites/one/l.yaml",
                "sites/two/l.yaml", "sites/file", "conf.d/dir.yaml/x")) {
            Path file = directory.resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(file, "");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "conf.d/*.yaml conf.d/a.yaml,conf.d/b.yaml",
        "conf.d/* conf.d/a.yaml,conf.d/a.yaml~,conf.d/b.yaml",
        "conf.d/.*.yaml conf.d/.hidden.yaml",
        "conf.d/[bc].yaml conf.d/b.yaml",
        "conf.d/{b,a}.yaml conf.d/a.yaml,conf.d/b.yaml",
        "conf.d/?.yaml conf.d/a.yaml,conf.d/b.yaml",
        "sites/*/l.yaml sites/one/l.yaml,sites/two/l.yaml",
        "*/one/l.yaml sites/one/l.yaml",
        "none/*.yaml ''",
        "conf.d/*.yml ''"})
    void expands(String pattern, String expected) throws Exception {
        List<Path> found = IncludePattern.expand(directory, pattern);
        assertEquals(expected, String.join(",", found.stream().map(p -> directory.relativize(p).toString()).toList()));
        assertEquals(found, IncludePattern.expand(Path.of(""), directory + "/" + pattern));
    }

    @Test
    void refuses() {
        assertThrows(IllegalArgumentException.class, () -> IncludePattern.expand(directory, "**/*.yaml"));
        assertThrows(IllegalArgumentException.class, () -> IncludePattern.expand(directory, "conf.d/[a.yaml"));
    }
}
