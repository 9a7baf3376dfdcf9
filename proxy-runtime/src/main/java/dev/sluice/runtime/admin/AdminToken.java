package dev.sluice.runtime.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

import com.sun.net.httpserver.Headers;
import dev.sluice.runtime.text.FileErrors;
import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that requests to the admin interface have to bring ({@code Authorization: Bearer TOKEN}, RFC 6750).
 * Immutable; any thread.
 */
public final class AdminToken {
    private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);
    private static final String SCHEME = "Bearer ";
    /** The most bytes of a file: more would not fit into the head of a request. */
    private static final int MAX_FILE = 4096;

    private final String text;
    private final byte[] digest;
    /** The file that it was read from; null = none. */
    private final @Nullable Path file;

    AdminToken(String text) {
        this(text, null);
    }

    private AdminToken(String text, @Nullable Path file) {
        this.text = text;
        this.digest = digest(text);
        this.file = file;
    }

    /**
     * Reads the token from a file, without the blanks and line ends around it. A file that other users can read is
     * reported in the log.
     *
     * @throws IOException if there is no token in the file; the message is a sentence without its end
     */
    public static AdminToken read(Path file) throws IOException {
        AdminToken token = of(file);
        warnAboutOthers(file);
        return token;
    }

    private static AdminToken of(Path file) throws IOException {
        byte[] bytes = bytes(file);
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        String defect = bytes.length > MAX_FILE
                ? "has more than " + MAX_FILE + " bytes, which no token has"
                : text.isEmpty()
                        ? "is empty"
                        : text.chars().allMatch(c -> c > ' ' && c < 0x7f)
                                ? null
                                : "has blanks, line ends or letters beyond ASCII within the token";
        if (defect != null) {
            throw new IOException("the file " + Printable.quote(file.toString()) + " " + defect);
        }
        return new AdminToken(text, file);
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                // A FIFO would wait for its writer, and has nothing to read at a reload.
                throw new IOException("it is not a regular file");
            }
            try (InputStream in = Files.newInputStream(file)) {
                return in.readNBytes(MAX_FILE + 1);
            }
        } catch (IOException e) {
            throw new IOException("cannot read the file " + Printable.quote(file.toString()) + ": "
                    + FileErrors.reason(e), e);
        }
    }

    private static void warnAboutOthers(Path file) throws IOException {
        PosixFileAttributeView attributes = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (attributes != null
                && attributes.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
            LOG.warn("admin: every user of this machine can read the token in {}; chmod o= {} changes that", file,
                    file);
        }
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Whether a request brings this token. Takes the same time however much of it is right. */
    boolean isIn(Headers headers) {
        boolean found = false;
        for (String authorization : headers.getOrDefault("Authorization", List.of())) {
            if (authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                // Of digests, so that the length of the token does not show either.
                found |= MessageDigest.isEqual(digest, digest(authorization.substring(SCHEME.length()).strip()));
            }
        }
        return found;
    }

    /**
     * Whether a request brings the token that its file has now. A user that can write that file decides on the
     * token of the next reload anyway.
     */
    boolean isWrittenIn(Headers headers) {
        try {
            return file != null && of(file).isIn(headers);
        } catch (IOException noToken) {
            return false;
        }
    }

    /** The value of the header that brings this token. */
    String header() {
        return SCHEME + text;
    }

    /** Says nothing about the token. */
    @Override
    public String toString() {
        return "AdminToken";
    }
}
