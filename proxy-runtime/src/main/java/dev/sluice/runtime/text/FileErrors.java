package dev.sluice.runtime.text;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/**
 * Reasons of failed file operations, in words. The JDK's most frequent exceptions have only a path as message, which
 * the caller's message names already. Pure; any thread.
 */
public final class FileErrors {
    private FileErrors() {}

    /** The reason of a failure without the path, as the end of a message that names the path. */
    public static String reason(IOException e) {
        return Printable.sentence(switch (e) {
            case NoSuchFileException missing -> "no such file or directory";
            case AccessDeniedException denied -> "permission denied";
            case NotDirectoryException other -> "not a directory";
            case FileSystemException file when file.getReason() != null -> file.getReason();
            case FileSystemException file -> file.getClass().getSimpleName();
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        });
    }
}
