package dev.sluice.runtime.discovery;

import java.nio.file.Path;

/**
 * A file with endpoints.
 *
 * @param file absolute
 */
public record FileSettings(Path file) implements SourceSettings {
    @Override
    public String kind() {
        return "file";
    }

    @Override
    public String label() {
        return file.toString();
    }
}
