package dev.sluice.examples.soak;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The first bytes of a client, which say the number of its plan: plain ones, a TLS hello with a server name, or a Redis command that lets the
 * filter of the plugin pass everything behind it as one value.
 */
final class FirstFlight {
    private static final byte[] PLAIN = "SOAKSOAK".getBytes(StandardCharsets.US_ASCII);
    private static final String REDIS = "*2\r\n$16\r\n%016x\r\n$999999999\r\n";
    private static final byte[] DENIED = "*1\r\n$8\r\nFLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int REDIS_NUMBER = 9;
    private static final int TLS_RECORD = 5;
    /** Behind the record's header, the message's header, the version, the random bytes, and the length of the session id. */
    private static final int TLS_NUMBER = TLS_RECORD + 4 + 2 + 32 + 1;

    private FirstFlight() {}

    /** The bytes of a plan. */
    static byte[] of(Plan plan) {
        if (plan.kind() == Kind.DENIED && plan.place() == Place.GUARDED) {
            return DENIED.clone();
        }
        if (plan.place() == Place.GUARDED) {
            return REDIS.formatted(plan.number()).getBytes(StandardCharsets.US_ASCII);
        }
        String name = plan.serverName();
        if (name.isEmpty()) {
            return ByteBuffer.allocate(24).put(PLAIN).putLong(plan.number()).putLong(Content.mix(plan.number()))
                    .array();
        }
        return hello(plan.number(), name);
    }

    /** The number of the plan whose first bytes come; -1 if the stream ends before the first one. */
    static long read(Line line) throws IOException {
        int first = line.read();
        if (first < 0) {
            return -1;
        }
        return switch (first) {
            case 'S' -> ByteBuffer.wrap(rest(line, 23)).getLong(7);
            case '*' ->
                Long.parseUnsignedLong(new String(rest(line, REDIS.formatted(0).length() - 1), REDIS_NUMBER - 1, 16,
                        StandardCharsets.US_ASCII), 16);
            case 0x16 -> {
                byte[] header = rest(line, TLS_RECORD - 1);
                byte[] message = rest(line, ByteBuffer.wrap(header).getShort(2));
                yield ByteBuffer.wrap(message).getLong(TLS_NUMBER - TLS_RECORD);
            }
            default -> throw new WrongStream("the first byte that an endpoint received is " + first);
        };
    }

    private static byte[] rest(Line line, int count) throws IOException {
        byte[] bytes = line.read(count);
        if (bytes.length < count) {
            throw new WrongStream("the first bytes ended in order in their middle");
        }
        return bytes;
    }

    /** A hello of TLS 1.2 and 1.3 with two extensions: the server name and the versions. */
    private static byte[] hello(long number, String name) {
        byte[] host = name.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer extensions = ByteBuffer.allocate(host.length + 32);
        extensions.putShort((short) 0).putShort((short) (host.length + 5)).putShort((short) (host.length + 3))
                .put((byte) 0)
                .putShort((short) host.length).put(host);
        extensions.putShort((short) 43).putShort((short) 5).put((byte) 4).putShort((short) 0x0304)
                .putShort((short) 0x0303);
        extensions.flip();
        ByteBuffer body = ByteBuffer.allocate(128 + extensions.remaining());
        body.putShort((short) 0x0303);
        for (int i = 0; i < 4; i++) {
            body.putLong(Content.mix(number + i));
        }
        body.put((byte) 32).putLong(number).putLong(0).putLong(0).putLong(0);
        body.putShort((short) 4).putShort((short) 0x1301).putShort((short) 0xc02f).put((byte) 1).put((byte) 0);
        body.putShort((short) extensions.remaining()).put(extensions);
        body.flip();
        ByteBuffer record = ByteBuffer.allocate(TLS_RECORD + 4 + body.remaining());
        record.put((byte) 0x16).putShort((short) 0x0301).putShort((short) (4 + body.remaining()));
        record.put((byte) 1).put((byte) 0).putShort((short) body.remaining()).put(body);
        return record.array();
    }

    /** The first bytes of an endpoint of {@link Place#GREETING}, before anything else. */
    static final class Greeting {
        static final int LENGTH = 24;
        private static final byte[] START = "SOAKHELO".getBytes(StandardCharsets.US_ASCII);

        private Greeting() {}

        static byte[] of(long nonce) {
            return ByteBuffer.allocate(LENGTH).put(START).putLong(nonce).putLong(Content.mix(nonce)).array();
        }

        /** Reads one and checks it. */
        static void expect(Line line) throws IOException {
            byte[] bytes = line.read(LENGTH);
            if (bytes.length < LENGTH) {
                throw new WrongStream("the greeting ended in order after " + bytes.length + " bytes");
            }
            if (!Arrays.equals(bytes, of(ByteBuffer.wrap(bytes).getLong(8)))) {
                throw new WrongStream("the greeting is wrong");
            }
        }
    }

    /** Whether a failure is a reset, seen by the one who sends or by the one who receives. */
    static boolean isReset(@Nullable IOException e) {
        return e instanceof SocketException;
    }
}
