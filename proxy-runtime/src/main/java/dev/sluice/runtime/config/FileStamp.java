package dev.sluice.runtime.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

import org.jspecify.annotations.Nullable;

/**
 * The state of a file without its content: another stamp means that the file may have changed. Follows symbolic links,
 * as the mounted files of a ConfigMap are switched by one.
 *
 * @param real the path without symbolic links; null = there is no such file
 * @param key device and inode; null where the system does not show them
 */
public record FileStamp(@Nullable Path real, long size, @Nullable FileTime modified, @Nullable Object key) {
    private static final FileStamp MISSING = new FileStamp(null, 0, null, null);

    /** The stamp of a file now. */
    public static FileStamp of(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileStamp(file.toRealPath(), attributes.size(), attributes.lastModifiedTime(),
                    attributes.fileKey());
        } catch (IOException gone) {
            return MISSING;
        }
    }
}
