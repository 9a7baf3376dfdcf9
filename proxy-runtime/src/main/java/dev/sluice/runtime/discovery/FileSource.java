package dev.sluice.runtime.discovery;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source that looks at a file each second. A change counts when two looks in a row are equal, so that a file is not read while it is being
 * written; the first look reads at once. Notifications of the system lost: they miss bind mounts, network file systems, and the symbolic
 * links of a ConfigMap.
 *
 * <p>One look at a time, on a thread that may wait: a file system that hangs keeps only this source waiting.
 */
final class FileSource implements EndpointSource {
    /** The time between two looks. */
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(FileSource.class);

    private final Path file;
    private final EndpointFiles files;
    private final Timing timing;
    /** The state of the file when it was read last; of the thread that looks. */
    private @Nullable Object read;
    /** The state at the last look. */
    private @Nullable Object seen;
    private volatile boolean closed;
    /** Forgets what is to be done next. */
    private volatile Runnable forget = () -> {};

    FileSource(Path file, EndpointFiles files, Timing timing) {
        this.file = file;
        this.files = files;
        this.timing = timing;
    }

    @Override
    public void start(Publication to) {
        timing.apart(() -> look(to));
    }

    @Override
    public void close() {
        closed = true;
        forget.run();
    }

    private void look(Publication to) {
        if (closed) {
            return;
        }
        try {
            Object now = files.stamp(file);
            if (read == null || (!now.equals(read) && now.equals(seen))) {
                read = now;
                List<FoundEndpoint> endpoints = files.read(file);
                to.endpoints(endpoints);
            }
            seen = now;
        } catch (EndpointFileException e) {
            seen = read;
            to.failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            LOG.error("{} could not be read, which is a defect; trying again.", file, e);
            to.failed("it could not be read: " + e);
        }
        forget = timing.after(INTERVAL, () -> timing.apart(() -> look(to)));
    }
}
