package dev.sluice.runtime.tls.boring;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Lines of a key log, {@code <label> <client random> <secret>}.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9850">RFC 9850, the SSLKEYLOGFILE format</a>
 */
final class KeyLog {
    private static final byte[] CLIENT = "CLIENT_TRAFFIC_SECRET_0 ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLIENT_FLIGHT = "CLIENT_HANDSHAKE_TRAFFIC_SECRET "
            .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER = "SERVER_TRAFFIC_SECRET_0 ".getBytes(StandardCharsets.US_ASCII);

    private KeyLog() {}

    /** Whether a line has the secret of the data that the client sends. */
    static boolean isClients(byte[] line) {
        return startsWith(line, CLIENT);
    }

    /** Whether a line has the secret of what the client sends before its data. */
    static boolean isOfClientsFlight(byte[] line) {
        return startsWith(line, CLIENT_FLIGHT);
    }

    /** Whether a line has the secret of the data that the server sends. */
    static boolean isServers(byte[] line) {
        return startsWith(line, SERVER);
    }

    private static boolean startsWith(byte[] line, byte[] label) {
        return line.length > label.length && Arrays.equals(line, 0, label.length, label, 0, label.length);
    }

    /** The secret at the end of a line; null = there is none. */
    static byte @Nullable [] secret(byte[] line) {
        int end = line.length;
        while (end > 0 && hex(line[end - 1]) < 0) {
            end--;
        }
        int start = end;
        while (start > 0 && hex(line[start - 1]) >= 0) {
            start--;
        }
        if (start == end || (end - start) % 2 != 0) {
            return null;
        }
        byte[] secret = new byte[(end - start) / 2];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) (hex(line[start + 2 * i]) << 4 | hex(line[start + 2 * i + 1]));
        }
        return secret;
    }

    private static int hex(byte digit) {
        return Character.digit(digit, 16);
    }
}
