package dev.sluice.runtime.config;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The files that a load of a configuration depends on, with their state before they were read: also of a load that was
 * refused. Filled by one thread; then any thread.
 */
public final class FilesRead {
    private static final Duration FRESH = Duration.ofSeconds(1);

    private record Pattern(Path directory, String text) {}

    private final Map<Path, FileStamp> stamps = new LinkedHashMap<>();
    private final Set<Pattern> patterns = new LinkedHashSet<>();

    /** Notes a file that is about to be read. */
    public void add(Path file) {
        stamps.putIfAbsent(file.toAbsolutePath(), FileStamp.of(file));
    }

    /** Notes the files that match a pattern, and the pattern itself: more may match later. */
    public void addPattern(Path directory, String pattern) {
        Pattern added = new Pattern(directory.toAbsolutePath(), pattern);
        patterns.add(added);
        expand(added).forEach(this::add);
    }

    private static List<Path> expand(Pattern pattern) {
        try {
            return IncludePattern.expand(pattern.directory, pattern.text);
        } catch (IOException | IllegalArgumentException unreadable) {
            return List.of();
        }
    }

    /** Whether one of the files was modified so recently that its writer may not be done. */
    public boolean isFresh(Instant now) {
        return stamps.values().stream().anyMatch(
                stamp -> stamp.modified() != null && stamp.modified().toInstant().plus(FRESH).isAfter(now));
    }

    /** The state of the files when they were read. */
    public Map<Path, FileStamp> then() {
        return Map.copyOf(stamps);
    }

    /** The state of the files now, of those that match a pattern only now, too. */
    public Map<Path, FileStamp> now() {
        Map<Path, FileStamp> now = new LinkedHashMap<>();
        stamps.keySet().forEach(file -> now.put(file, FileStamp.of(file)));
        for (Pattern pattern : patterns) {
            expand(pattern).forEach(file -> now.computeIfAbsent(file.toAbsolutePath(), FileStamp::of));
        }
        return now;
    }
}
