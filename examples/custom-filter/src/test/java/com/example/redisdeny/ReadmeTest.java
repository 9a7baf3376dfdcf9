package com.example.redisdeny;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The README beside the plugin: it names the type and all keys of it. */
class ReadmeTest {
    private final String readme = Files.readString(Path.of("README.md"));

    ReadmeTest() throws IOException {}

    @Test
    void theExampleHasTheTypeAndItsKeys() {
        RedisDenyProvider provider = new RedisDenyProvider();
        assertTrue(readme.contains("type: " + provider.type() + "\n"), readme);
        String config = readme.substring(readme.indexOf("config: {"));
        assertEquals(
                Arrays.stream(provider.configType().getRecordComponents()).map(RecordComponent::getName)
                        .collect(Collectors.toSet()),
                Pattern.compile("(\\w+):(?! \\{)").matcher(config.substring(0, config.indexOf('}'))).results()
                        .map(key -> key.group(1)).collect(Collectors.toSet()));
    }
}
