package dev.sluice.runtime.tls.boring;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.RecordFormat;
import dev.sluice.runtime.tls.TlsException;

/**
 * The rules about a client's hello, and about a second one after HelloRetryRequest, that the library does not have, or answers with another alert
 * than other servers: application protocols of which none is spoken (RFC 7301 section 3.2), and RFC 8446 sections 4.1.2, 4.2.6, 4.2.8 and 9.2.
 * The hello is read before the library gets its last record. What is not well formed is left to the library. On the connection's loop.
 */
final class HelloRules {
    private static final int CLIENT_HELLO = 1;
    private static final int HEADER_BYTES = 4;
    private static final int RANDOM_BYTES = 32;
    /** More than all signature schemes and extensions that a 16-bit length can hold, one at a time. */
    private static final int MOST_BYTES = 70 * 1024;
    private static final int TLS_1_0 = 0x0301;
    private static final int TLS_1_3 = 0x0304;

    private static final int MAX_FRAGMENT = 1;
    private static final int GROUPS = 10;
    private static final int SIGNATURES = 13;
    private static final int ALPN = 16;
    private static final int PRE_SHARED_KEY = 41;
    private static final int EARLY_DATA = 42;
    private static final int VERSIONS = 43;
    private static final int POST_HANDSHAKE_AUTH = 49;
    private static final int KEY_SHARE = 51;
    private static final int KNOWN = KEY_SHARE + 1;

    private final List<String> spoken;
    private final boolean tls13;
    private byte[] hello = new byte[0];
    private int hellos;
    private boolean over;
    /** The suites of the first hello, if that is to be compared with a second. */
    private byte[] suites = new byte[0];
    /** The place of the content of each extension, and its end; 0 = it is not there. */
    private final int[] from = new int[KNOWN];
    private final int[] end = new int[KNOWN];

    /**
     * Rules of a handshake.
     *
     * @param spoken application protocols of the server; empty = none is agreed on
     * @param tls13 whether the server speaks TLS 1.3
     */
    HelloRules(List<String> spoken, boolean tls13) {
        this.spoken = spoken;
        this.tls13 = tls13;
    }

    /**
     * Takes a record of a hello, which may be in several.
     *
     * @throws TlsException if the client is to be refused
     */
    void take(Buffer buffer, int index, int length) throws TlsException {
        if (buffer.byteAt(index) != RecordFormat.HANDSHAKE) {
            boolean isAlert = buffer.byteAt(index) == RecordFormat.ALERT && length == RecordFormat.HEADER_BYTES + 2;
            if (hellos == 0 && !isAlert) {
                throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a record of type "
                        + (buffer.byteAt(index) & 0xff) + " before the end of the ClientHello");
            }
            return;
        } else if (over) {
            return;
        }
        int before = hello.length;
        hello = Arrays.copyOf(hello, before + length - RecordFormat.HEADER_BYTES);
        buffer.copyTo(index + RecordFormat.HEADER_BYTES, hello, before, hello.length - before);
        if (hello.length < HEADER_BYTES) {
            return;
        }
        int size = HEADER_BYTES + number(1, 3);
        if (hello[0] != CLIENT_HELLO) {
            over = true;
        } else if (size > MOST_BYTES) {
            throw TlsException.violation(Alert.ILLEGAL_PARAMETER, "a ClientHello of " + size + " bytes");
        } else if (hello.length >= size) {
            judge(size);
        } else {
            return;
        }
        hello = new byte[0];
    }

    private void judge(int size) throws TlsException {
        hellos++;
        over = hellos == 2;
        try {
            check(size);
        } catch (IndexOutOfBoundsException e) {
            // The library knows better what is wrong with it.
            over = true;
        }
    }

    private void check(int size) throws TlsException {
        Arrays.fill(end, 0);
        int at = HEADER_BYTES + 2 + RANDOM_BYTES;
        at += 1 + number(at, 1);
        byte[] offered = Arrays.copyOfRange(hello, at + 2, at + 2 + number(at, 2));
        at += 2 + offered.length;
        at += 1 + number(at, 1);
        for (at += 2; at < size; at += 4 + number(at + 2, 2)) {
            int type = number(at, 2);
            if (type < KNOWN) {
                from[type] = at + 4;
                end[type] = at + 4 + number(at + 2, 2);
            }
        }
        if (number(HEADER_BYTES, 2) < TLS_1_0) {
            throw TlsException.violation(Alert.PROTOCOL_VERSION, "a ClientHello of version "
                    + number(HEADER_BYTES, 1) + "." + number(HEADER_BYTES + 1, 1));
        }
        checkForms();
        if (has(ALPN) && !spoken.isEmpty() && !sharesProtocol()) {
            throw TlsException.violation(Alert.NO_APPLICATION_PROTOCOL,
                    "the client offers application protocols, and none of them is spoken");
        }
        boolean offers13 = tls13 && contains(VERSIONS, 1, TLS_1_3);
        if (offers13) {
            checkExtensions();
        }
        if (hellos == 2) {
            checkSecond(offers13, offered);
        }
        suites = offered;
    }

    /** The forms of extensions that the library does not look at. */
    private void checkForms() throws TlsException {
        if (has(MAX_FRAGMENT) && (end[MAX_FRAGMENT] - from[MAX_FRAGMENT] != 1 || number(from[MAX_FRAGMENT], 1) < 1
                || number(from[MAX_FRAGMENT], 1) > 4)) {
            throw TlsException.violation(Alert.ILLEGAL_PARAMETER, "a max_fragment_length that is none");
        }
        int at = from[ALPN] + 2;
        while (has(ALPN) && at < end[ALPN] && number(at, 1) > 0) {
            at += 1 + number(at, 1);
        }
        if (has(ALPN) && (at != end[ALPN] || at == from[ALPN] + 2
                || number(from[ALPN], 2) != end[ALPN] - from[ALPN] - 2)) {
            throw malformed("application_layer_protocol_negotiation");
        }
        if (has(GROUPS) && isNoList(GROUPS, 2)) {
            throw malformed("supported_groups");
        }
        if (has(VERSIONS) && isNoList(VERSIONS, 1)) {
            throw malformed("supported_versions");
        }
    }

    /** Whether an extension is not a list of numbers of 16 bits, of which there is one at least. */
    private boolean isNoList(int extension, int header) {
        int size = end[extension] - from[extension] - header;
        return size < 2 || size % 2 != 0 || number(from[extension], header) != size;
    }

    private static TlsException malformed(String extension) {
        return TlsException.violation(Alert.DECODE_ERROR, "an extension " + extension + " that is malformed");
    }

    /** The rules about extensions of TLS 1.3. */
    private void checkExtensions() throws TlsException {
        if (has(GROUPS) != has(KEY_SHARE)) {
            throw missing(has(GROUPS) ? "key_share" : "supported_groups");
        }
        if (!has(PRE_SHARED_KEY) && !has(GROUPS)) {
            throw missing("supported_groups");
        }
        if (!has(PRE_SHARED_KEY) && !has(SIGNATURES)) {
            throw missing("signature_algorithms");
        }
        if (has(POST_HANDSHAKE_AUTH) && end[POST_HANDSHAKE_AUTH] > from[POST_HANDSHAKE_AUTH]) {
            throw TlsException.violation(Alert.DECODE_ERROR, "an extension post_handshake_auth with content");
        }
        for (int at = from[KEY_SHARE] + 2; has(KEY_SHARE) && at < end[KEY_SHARE]; at += 4 + number(at + 2, 2)) {
            if (!contains(GROUPS, 2, number(at, 2))) {
                throw TlsException.violation(Alert.ILLEGAL_PARAMETER,
                        "a key share of the group " + number(at, 2) + ", which is not offered");
            }
        }
    }

    private static TlsException missing(String extension) {
        return TlsException.violation(Alert.MISSING_EXTENSION, "a ClientHello without " + extension);
    }

    private void checkSecond(boolean offers13, byte[] offered) throws TlsException {
        if (!offers13) {
            throw TlsException.violation(Alert.PROTOCOL_VERSION, "a second ClientHello that does not offer TLS 1.3");
        }
        int shares = 0;
        for (int at = from[KEY_SHARE] + 2; has(KEY_SHARE) && at < end[KEY_SHARE]; at += 4 + number(at + 2, 2)) {
            shares++;
        }
        if (has(EARLY_DATA)) {
            throw TlsException.violation(Alert.ILLEGAL_PARAMETER, "a second ClientHello with early data");
        }
        if (shares != 1) {
            throw TlsException.violation(Alert.ILLEGAL_PARAMETER,
                    "a second ClientHello with " + shares + " key shares");
        }
        if (!Arrays.equals(suites, offered)) {
            throw TlsException.violation(Alert.ILLEGAL_PARAMETER, "a second ClientHello with other cipher suites");
        }
    }

    private boolean has(int extension) {
        return end[extension] > 0;
    }

    /**
     * Whether a list of numbers of 16 bits in an extension has one of them.
     *
     * @param header bytes of the list's length
     */
    private boolean contains(int extension, int header, int wanted) {
        for (int at = from[extension] + header; has(extension) && at + 1 < end[extension]; at += 2) {
            if (number(at, 2) == wanted) {
                return true;
            }
        }
        return false;
    }

    private boolean sharesProtocol() {
        for (int at = from[ALPN] + 2; at < end[ALPN]; at += 1 + number(at, 1)) {
            if (spoken.contains(new String(hello, at + 1, number(at, 1), StandardCharsets.ISO_8859_1))) {
                return true;
            }
        }
        return false;
    }

    private int number(int at, int bytes) {
        int number = 0;
        for (int i = 0; i < bytes; i++) {
            number = number << Byte.SIZE | (hello[at + i] & 0xff);
        }
        return number;
    }
}
