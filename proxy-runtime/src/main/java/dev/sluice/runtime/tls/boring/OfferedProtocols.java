package dev.sluice.runtime.tls.boring;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.RecordFormat;

/**
 * The application protocols in a client's hello. The library goes on without any if none is shared, and cannot be told to refuse the client
 * (RFC 7301 section 3.2), so the hello is read before it gets it. What is not a well-formed hello is left to the library. On the connection's
 * loop.
 */
final class OfferedProtocols {
    private static final int CLIENT_HELLO = 1;
    private static final int HEADER_BYTES = 4;
    /** Version and random number in front of the first field of variable length. */
    private static final int FIXED_BYTES = 2 + 32;
    private static final int ALPN = 16;
    private static final int MOST_BYTES = 64 * 1024;

    private final List<String> spoken;
    private byte[] hello = new byte[0];
    private boolean known;

    /** @param spoken those of the server */
    OfferedProtocols(List<String> spoken) {
        this.spoken = spoken;
    }

    /**
     * Takes a record of the hello, which may be in several.
     *
     * @return false = the hello offers protocols, and none of them is spoken
     */
    boolean take(Buffer buffer, int index, int length) {
        if (known || buffer.byteAt(index) != RecordFormat.HANDSHAKE) {
            return true;
        }
        int before = hello.length;
        hello = Arrays.copyOf(hello, before + length - RecordFormat.HEADER_BYTES);
        buffer.copyTo(index + RecordFormat.HEADER_BYTES, hello, before, hello.length - before);
        if (hello.length < HEADER_BYTES) {
            return true;
        }
        int end = HEADER_BYTES + number(1, 3);
        if (hello[0] == CLIENT_HELLO && end <= MOST_BYTES && hello.length < end) {
            return true;
        }
        known = true;
        try {
            return hello[0] != CLIENT_HELLO || shares(end);
        } catch (IndexOutOfBoundsException e) {
            return true;
        } finally {
            hello = new byte[0];
        }
    }

    private boolean shares(int end) {
        int at = HEADER_BYTES + FIXED_BYTES;
        at += 1 + number(at, 1);
        at += 2 + number(at, 2);
        at += 1 + number(at, 1);
        for (at += 2; at < end; at += 4 + number(at + 2, 2)) {
            if (number(at, 2) == ALPN) {
                return sharesOf(at + 6, at + 4 + number(at + 2, 2));
            }
        }
        return true;
    }

    private boolean sharesOf(int from, int end) {
        for (int at = from; at < end; at += 1 + number(at, 1)) {
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
