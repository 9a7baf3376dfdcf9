package dev.sluice.runtime.shape;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigOneOf;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.api.config.ConfigSwitch;
import dev.sluice.runtime.config.RecordTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The table of annotations that the build writes. */
class NotesTableTest {
    @ConfigOneOf(value = {"all-of-it", "list"}, allowed = "choose")
    @PlannedKeys({"later", "much-later"})
    @Shorthand("all-of-it")
    private record EveryAnnotation(
            @ConfigKey("all-of-it") @ConfigDefault("3") @ConfigRange(min = "1", max = "9") @ConfigDescription(value = "A number.", hint = "a number") int number,
            @ConfigNotEmpty(required = true) List<String> list, @ConfigNotEmpty List<String> other,
            @ConfigSwitch @Syntax(Syntax.Kind.PATH) String path, boolean plain) {}

    @Test
    void everyAnnotationSurvivesTheFile() throws IOException {
        RecordNotes notes = RecordNotes.of(EveryAnnotation.class);
        Map<String, RecordNotes> table = Map.of("x", notes);
        ByteArrayOutputStream file = new ByteArrayOutputStream();

        NotesTable.write(table, file);

        assertEquals(table, NotesTable.read(new ByteArrayInputStream(file.toByteArray())));
        assertNotEquals(notes.components().get(1), notes.components().get(2));
    }

    @Test
    void theTableOfTheBuildIsThatOfTheClasses(@TempDir Path directory) throws IOException {
        Map<String, RecordNotes> built = NotesTable.ofBuild();
        // Only Maven writes the table, and names the directory of the module to its tests.
        assumeTrue(!built.isEmpty() || System.getProperty("basedir") != null);
        Path fresh = directory.resolve("records.bin");
        RecordTable.main(new String[]{fresh.toString()});

        try (InputStream file = Files.newInputStream(fresh)) {
            assertEquals(NotesTable.read(file), built,
                    "records.bin is older than the records: run mvn process-classes");
        }
    }
}
