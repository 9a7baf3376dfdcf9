package dev.sluice.filters.sniff;

import dev.sluice.api.BorrowedBytes;
import org.jspecify.annotations.Nullable;

/**
 * The content of the first ClientHello of a TLS connection (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2). Every
 * field must have exactly its declared length and be present once, as the server will read it: otherwise proxy and
 * server could read two different hellos.
 */
final class ClientHello {
    private static final int MAJOR_VERSION = 3;
    private static final int RANDOM_BYTES = 32;
    private static final int MAX_SESSION_ID = 32;
    private static final int MAX_EXTENSIONS = 128;

    private static final int TLS_1_0 = 0x0301;
    private static final int TLS_1_2 = 0x0303;
    private static final int TLS_1_3 = 0x0304;
    private static final String[] VERSIONS = {"1.0", "1.1", "1.2", "1.3"};

    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;
    private static final int HOST_NAME = 0;

    private final HelloReader in;
    private int version;
    private @Nullable ServerName serverName;
    private @Nullable AlpnList alpn;

    private ClientHello(HelloReader in) {
        this.in = in;
    }

    /**
     * Reads it.
     *
     * @param bytes from the first record on, with all of the message
     * @throws RefusedHelloException if a server would have to refuse it
     */
    static ClientHello read(BorrowedBytes bytes) throws RefusedHelloException {
        ClientHello hello = new ClientHello(new HelloReader(bytes));
        hello.readMessage();
        return hello;
    }

    /** The highest version offered, {@code 1.0} to {@code 1.3}; null if there is none of these. */
    @Nullable
    String version() {
        return version >= TLS_1_0 ? VERSIONS[version - TLS_1_0] : null;
    }

    /** The name of the server, which may be {@linkplain ServerName#problem invalid}; null if there is none. */
    @Nullable
    ServerName serverName() {
        return serverName;
    }

    /** The protocols offered by ALPN; null if there are none. */
    @Nullable
    AlpnList alpn() {
        return alpn;
    }

    private void readMessage() throws RefusedHelloException {
        int legacy = in.u16("version");
        if (legacy >>> Byte.SIZE != MAJOR_VERSION) {
            throw new RefusedHelloException("version " + (legacy >>> Byte.SIZE) + "." + (legacy & 0xff));
        }
        // Without supported_versions this is at most TLS 1.2, whatever it says: RFC 8446 section 4.2.1.
        version = Math.min(legacy, TLS_1_2);
        in.skip(RANDOM_BYTES, "random");
        int sessionId = in.u8("session id");
        if (sessionId > MAX_SESSION_ID) {
            throw new RefusedHelloException("a session id of " + sessionId + " bytes; at most " + MAX_SESSION_ID
                    + " are allowed");
        }
        in.skip(sessionId, "session id");
        int suites = in.u16("cipher suites");
        if (suites == 0 || suites % 2 != 0) {
            throw new RefusedHelloException("cipher suites of " + suites + " bytes; each has two");
        }
        in.skip(suites, "cipher suites");
        int methods = in.u8("compression methods");
        if (methods == 0) {
            throw new RefusedHelloException("no compression method");
        }
        in.skip(methods, "compression methods");
        if (in.offset() < in.limit()) {
            readExtensions();
        }
    }

    private void readExtensions() throws RefusedHelloException {
        int message = in.narrow(in.u16("extensions"), "extensions");
        char[] types = new char[MAX_EXTENSIONS];
        int count = 0;
        while (in.offset() < in.limit()) {
            int type = in.u16("extensions");
            for (int i = 0; i < count; i++) {
                if (types[i] == type) {
                    throw new RefusedHelloException("two extensions of type " + type);
                }
            }
            if (count == MAX_EXTENSIONS) {
                throw new RefusedHelloException("more than " + MAX_EXTENSIONS + " extensions");
            }
            types[count++] = (char) type;
            readExtension(type);
        }
        in.leave(message, "extensions");
        if (in.offset() < in.limit()) {
            throw new RefusedHelloException((in.limit() - in.offset()) + " bytes behind the extensions");
        }
    }

    private void readExtension(int type) throws RefusedHelloException {
        int outside = in.narrow(in.u16("extensions"), "extensions");
        String field = switch (type) {
            case SERVER_NAME -> {
                readServerName();
                yield "server_name extension";
            }
            case ALPN -> {
                alpn = AlpnList.read(in);
                yield "ALPN extension";
            }
            case SUPPORTED_VERSIONS -> {
                readVersions();
                yield "supported_versions extension";
            }
            default -> {
                in.skip(in.limit() - in.offset(), "extensions");
                yield "extension";
            }
        };
        in.leave(outside, field);
    }

    private void readServerName() throws RefusedHelloException {
        int extension = in.narrow(in.u16("server name list"), "server name list");
        int type = in.u8("server name list");
        if (type != HOST_NAME) {
            throw new RefusedHelloException("a server name of type " + type + "; only host_name, " + HOST_NAME
                    + ", is defined");
        }
        int length = in.u16("server name");
        int list = in.narrow(length, "server name");
        serverName = ServerName.read(in, length);
        in.leave(list, "server name");
        if (in.offset() < in.limit()) {
            throw new RefusedHelloException("more than one server name");
        }
        in.leave(extension, "server name list");
    }

    private void readVersions() throws RefusedHelloException {
        int length = in.u8("supported versions");
        if (length == 0 || length % 2 != 0) {
            throw new RefusedHelloException("supported versions of " + length + " bytes; each has two");
        }
        int extension = in.narrow(length, "supported versions");
        version = 0;
        while (in.offset() < in.limit()) {
            int offered = in.u16("supported versions");
            // Grease (RFC 8701), drafts and what is not known yet are none of ours.
            if (offered >= TLS_1_0 && offered <= TLS_1_3) {
                version = Math.max(version, offered);
            }
        }
        in.leave(extension, "supported versions");
    }
}
