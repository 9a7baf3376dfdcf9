package dev.sluice.examples.configs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sluice.runtime.ProxyConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The judgement of an editor that validates with the output of {@code sluice schema}. */
@Timeout(60)
class SchemaTest {
    private static final Schema SCHEMA = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(ProxyConfig.loader().schema());
    /** A key at the beginning of a line, or in braces. */
    private static final Pattern KEY = Pattern.compile("(?m)(?:^[- ]*|[{,] )([A-Za-z]+):(?= |$)");

    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(""))) {
            return Stream.concat(files.filter(file -> file.toString().endsWith(".yaml")),
                    Stream.of(Path.of("../../proxy-dist/src/dist/conf/sluice.yaml"))).sorted().toList();
        }
    }

    @Test
    void theFilesAreFound() throws IOException {
        assertTrue(files().containsAll(List.of(Path.of("edge.yaml"), Path.of("includes/conf.d/ssh.yaml"))));
    }

    @ParameterizedTest
    @MethodSource("files")
    void acceptsTheFile(Path file) throws IOException {
        assertEquals(List.of(), SCHEMA.validate(Files.readString(file), InputFormat.YAML));
    }

    @ParameterizedTest
    @MethodSource("files")
    void refusesTheFileWithAnyOfItsKeysMistyped(Path file) throws IOException {
        String yaml = Files.readString(file);
        List<String> accepted = new ArrayList<>();
        List<MatchResult> keys = KEY.matcher(yaml).results()
                .filter(key -> !isComment(yaml.substring(0, key.start(1)))).toList();
        for (MatchResult key : keys) {
            String mistyped = yaml.substring(0, key.end(1)) + "s" + yaml.substring(key.end(1));
            if (SCHEMA.validate(mistyped, InputFormat.YAML).isEmpty()) {
                accepted.add(key.group(1));
            }
        }
        assertEquals(List.of(), accepted);
        assertTrue(keys.size() > 1, "no keys found");
    }

    private static boolean isComment(String before) {
        return before.substring(before.lastIndexOf('\n') + 1).contains("#");
    }
}
