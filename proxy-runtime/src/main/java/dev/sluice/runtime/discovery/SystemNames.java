package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** The system's files about names, read again when they have changed. Any thread that may wait. */
final class SystemNames {
    private final Reread<ResolvConf> resolvConf;
    private final Reread<HostsFile> hosts;

    /** The files of this system. */
    SystemNames() {
        this(Path.of("/etc/resolv.conf"), Path.of("/etc/hosts"));
    }

    SystemNames(Path resolvConf, Path hosts) {
        this.resolvConf = new Reread<>(resolvConf, ResolvConf::read, ResolvConf.DEFAULT);
        this.hosts = new Reread<>(hosts, HostsFile::read, HostsFile.EMPTY);
    }

    ResolvConf resolvConf() {
        return resolvConf.get();
    }

    List<InetAddress> hosts(String name) {
        return hosts.get().addresses(name);
    }

    /** A reader of the content of a file. */
    private interface Reader<T> {
        T read(Path file) throws IOException;
    }

    /** A file whose content is kept until it changes. */
    private static final class Reread<T> {
        /** The state of a file without its content. */
        private record Stamp(Path real, long size, Object modified, @Nullable Object key) {}

        private final Path file;
        private final Reader<T> reader;
        private final T without;
        private @Nullable Stamp stamp;
        private T content;

        /** @param without the content while the file cannot be read */
        Reread(Path file, Reader<T> reader, T without) {
            this.file = file;
            this.reader = reader;
            this.without = without;
            this.content = without;
        }

        synchronized T get() {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                Stamp now = new Stamp(file.toRealPath(), attributes.size(), attributes.lastModifiedTime(),
                        attributes.fileKey());
                if (!now.equals(stamp)) {
                    content = reader.read(file);
                    stamp = now;
                }
            } catch (IOException | RuntimeException unreadable) {
                // Also a line that the library's parser stumbles over.
                stamp = null;
                content = without;
            }
            return content;
        }
    }
}
