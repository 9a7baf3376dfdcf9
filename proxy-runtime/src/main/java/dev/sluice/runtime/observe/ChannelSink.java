package dev.sluice.runtime.observe;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sink over a file, a FIFO, or the standard output or error of the process. */
final class ChannelSink implements AccessLogSink {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final FileAttribute<?>[] MODE_0640 = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"))};
    private static final FileAttribute<?>[] NO_MODE = {};

    /** The pause before writing again to a full channel, which another process has made non-blocking. */
    private static final long FULL_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final String description;
    /** Null for a stream of the process, which belongs to the process and not to the log. */
    private final @Nullable Path path;

    /** The file that was created with this sink; null if there was one before. */
    private final @Nullable Created created;

    private volatile FileChannel channel;
    private volatile boolean closed;

    /**
     * A file.
     *
     * @param path without symbolic links
     * @param key its identity; null where the system does not show it
     */
    private record Created(Path path, @Nullable Object key) {
        static Created of(Path file) throws IOException {
            Path real = file.toRealPath();
            return new Created(real, keyOf(real));
        }

        private static @Nullable Object keyOf(Path file) throws IOException {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        }

        /** Removes it, if nobody has written to it or put another file in its place. */
        void removeIfEmpty() throws IOException {
            if (Files.size(path) == 0 && Objects.equals(key, keyOf(path))) {
                Files.delete(path);
            }
        }
    }

    private ChannelSink(String description, @Nullable Path path, @Nullable Created created, FileChannel channel) {
        this.description = description;
        this.path = path;
        this.created = created;
        this.channel = channel;
    }

    static ChannelSink file(Path path) throws IOException {
        boolean existed = Files.exists(path);
        FileChannel opened = open(path);
        try {
            return new ChannelSink(path.toString(), path, existed ? null : Created.of(path), opened);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    static ChannelSink standardOutput() {
        return stream("standard output", FileDescriptor.out);
    }

    static ChannelSink standardError() {
        return stream("standard error", FileDescriptor.err);
    }

    @SuppressWarnings("resource") // a stream of the process stays open when the log closes
    private static ChannelSink stream(String description, FileDescriptor descriptor) {
        // Not System.out or System.err: a PrintStream hides errors, and then no lost line could be counted.
        return new ChannelSink(description, null, null, new FileOutputStream(descriptor).getChannel());
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (channel.write(bytes) == 0) {
                LockSupport.parkNanos(FULL_PAUSE_NANOS);
            }
        }
    }

    @Override
    public boolean takeBack(int bytes) {
        if (path == null || !Files.isRegularFile(path)) {
            return false;
        }
        try {
            channel.truncate(channel.size() - bytes);
            return true;
        } catch (IOException e) {
            LOG.debug("cannot shorten {}", path, e);
            return false;
        }
    }

    @Override
    public void reopen() throws IOException {
        if (path != null) {
            FileChannel old = channel;
            channel = open(path);
            closeQuietly(old);
            if (closed) {
                closeQuietly(channel);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        if (path != null) {
            closeQuietly(channel);
        }
    }

    @Override
    public void discard() {
        close();
        try {
            if (created != null) {
                created.removeIfEmpty();
            }
        } catch (IOException e) {
            LOG.debug("cannot remove {}", path, e);
        }
    }

    private static FileChannel open(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            // Opening a FIFO for writing only waits for its reader; opening it for reading and writing does not, and
            // makes no difference for a device.
            return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
        Set<OpenOption> append = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return FileChannel.open(path, append, posix ? MODE_0640 : NO_MODE);
    }

    private void closeQuietly(FileChannel closing) {
        try {
            closing.close();
        } catch (IOException e) {
            LOG.debug("closing {}", describe(), e);
        }
    }
}
