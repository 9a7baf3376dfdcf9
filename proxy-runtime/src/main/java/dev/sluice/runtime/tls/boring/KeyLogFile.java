package dev.sluice.runtime.tls.boring;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with the secrets of TLS sessions, by which recorded traffic can be read (RFC 9850, SSLKEYLOGFILE). Lines are appended by the threads
 * that make handshakes; the disk may hold these up, which is one more reason to use it for debugging only. Any thread.
 */
public final class KeyLogFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyLogFile.class);
    private static final String OWNER_ONLY = "rw-------";

    private final Path file;
    private final OutputStream out;
    private boolean ended;

    private KeyLogFile(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
    }

    /**
     * Opens a file to append to, which is made if it is not there, and which nobody but its owner may read.
     *
     * @throws IOException if it cannot be written, or others may read it; the message says what to do
     */
    public static KeyLogFile open(Path file) throws IOException {
        if (Files.exists(file)) {
            String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
            if (!mode.equals(OWNER_ONLY)) {
                throw new IOException(
                        "its mode is " + mode + ", and keys of sessions are for its owner alone: chmod 600 "
                                + file + ", or name a file that does not exist");
            }
        } else {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
        }
        return new KeyLogFile(file, Files.newOutputStream(file, StandardOpenOption.APPEND));
    }

    /** Appends a line. After a failure, which is logged, nothing more is written. */
    synchronized void write(byte[] line) {
        if (ended) {
            return;
        }
        byte[] whole = Arrays.copyOf(line, line.length + 1);
        whole[line.length] = '\n';
        try {
            // In one call, so that a reader never meets half a line of a file that grows.
            out.write(whole);
        } catch (IOException e) {
            ended = true;
            LOG.error("The key log {} cannot be written, and ends here: {}", file, e.toString());
        } finally {
            Arrays.fill(whole, (byte) 0);
        }
    }

    @Override
    public synchronized void close() {
        ended = true;
        try {
            out.close();
        } catch (IOException e) {
            LOG.warn("The key log {} could not be closed: {}", file, e.toString());
        }
    }
}
