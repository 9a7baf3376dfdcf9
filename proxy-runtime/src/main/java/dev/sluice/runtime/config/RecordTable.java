package dev.sluice.runtime.config;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.shape.RecordShapes;

/** A step of the build: it writes the annotations of the configuration's records into a file beside the classes, for quick starts. */
public final class RecordTable {
    private RecordTable() {}

    /**
     * Writes the file.
     *
     * @param args its path
     */
    public static void main(String[] args) throws IOException {
        try (OutputStream file = Files.newOutputStream(Path.of(args[0]))) {
            RecordShapes.writeTable(Configuration.class, ConfigurationBinder.GIVEN, file);
        }
    }
}
