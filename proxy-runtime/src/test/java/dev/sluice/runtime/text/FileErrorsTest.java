package dev.sluice.runtime.text;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The reasons of failed file operations, without their paths. */
class FileErrorsTest {
    @TempDir
    private Path directory;

    @Test
    void aFileThatDoesNotExist() {
        IOException missing = assertThrows(IOException.class, () -> Files.readString(directory.resolve("missing")));
        assertEquals("no such file or directory", FileErrors.reason(missing));
    }

    @Test
    void aFileAsADirectory() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        IOException notADirectory = assertThrows(IOException.class, () -> {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(file)) {
                entries.forEach(entry -> {});
            }
        });
        assertEquals("not a directory", FileErrors.reason(notADirectory));
    }

    @Test
    void otherReasonsAreTheSystemsOwn() {
        assertEquals("permission denied", FileErrors.reason(new AccessDeniedException("/path")));
        assertEquals("No space left", FileErrors.reason(new FileSystemException("/path", null, "No space left")));
        assertEquals("FileSystemLoopException", FileErrors.reason(new FileSystemLoopException("/path")));
        assertEquals("Is a directory", FileErrors.reason(new IOException("Is a directory")));
        assertEquals("IOException", FileErrors.reason(new IOException()));
        assertEquals("a\ufffdb", FileErrors.reason(new IOException("a\nb")));
    }
}
