package dev.sluice.runtime.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/** ClientHellos, whole and in records of any size, right and wrong. */
public final class TestingHello {
    private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();

    /** A hello of TLS 1.3. */
    public TestingHello() {
        extension(43, 2, 3, 4);
    }

    /** A hello that asks for a name. */
    public static TestingHello of(String name) {
        return new TestingHello().name(name);
    }

    private static byte[] number(int value, int bytes) {
        byte[] number = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            number[i] = (byte) (value >>> (8 * (bytes - 1 - i)));
        }
        return number;
    }

    private static byte[] field(int lengthBytes, byte[] content) {
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        field.writeBytes(number(content.length, lengthBytes));
        field.writeBytes(content);
        return field.toByteArray();
    }

    /** Adds an extension. */
    public TestingHello extension(int type, byte[] content) {
        extensions.writeBytes(number(type, 2));
        extensions.writeBytes(field(2, content));
        return this;
    }

    /** Adds an extension. */
    public TestingHello extension(int type, int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return extension(type, bytes);
    }

    /** Adds a server name. */
    public TestingHello name(String name) {
        ByteArrayOutputStream entry = new ByteArrayOutputStream();
        entry.write(0);
        entry.writeBytes(field(2, name.getBytes(StandardCharsets.ISO_8859_1)));
        return extension(0, field(2, entry.toByteArray()));
    }

    /** Adds application protocols. */
    public TestingHello protocols(String... names) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        for (String name : names) {
            list.writeBytes(field(1, name.getBytes(StandardCharsets.ISO_8859_1)));
        }
        return extension(16, field(2, list.toByteArray()));
    }

    /**
     * The message with its header.
     *
     * @param behind bytes behind its last field; null = none
     */
    public byte[] message(byte @Nullable [] behind) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(number(0x0303, 2));
        body.writeBytes(new byte[32]);
        body.writeBytes(field(1, new byte[32]));
        body.writeBytes(field(2, number(0x1301, 2)));
        body.writeBytes(field(1, new byte[1]));
        body.writeBytes(field(2, extensions.toByteArray()));
        if (behind != null) {
            body.writeBytes(behind);
        }
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.write(1);
        message.writeBytes(field(3, body.toByteArray()));
        return message.toByteArray();
    }

    /** The hello in one record. */
    public byte[] bytes() {
        return records(message(null), 16_384);
    }

    /** Adds what is needed for the record to have so many bytes. */
    public byte[] padded(int size) {
        int missing = size - bytes().length - 4;
        return extension(21, new byte[missing]).bytes();
    }

    /** A message in records of at most so many bytes. */
    public static byte[] records(byte[] message, int most) {
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (int at = 0; at < message.length; at += most) {
            int length = Math.min(most, message.length - at);
            records.writeBytes(new byte[]{22, 3, 1, (byte) (length >> 8), (byte) length});
            records.write(message, at, length);
        }
        return records.toByteArray();
    }
}
