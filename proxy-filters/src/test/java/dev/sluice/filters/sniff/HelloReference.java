package dev.sluice.filters.sniff;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import org.jspecify.annotations.Nullable;

/**
 * A second reading of a first flight of TLS: first the records are joined, then each field is cut out of the one around
 * it, from the grammar of RFC 8446, RFC 6066 and RFC 7301.
 */
final class HelloReference {
    private static final int MAX_FRAGMENT = 16_384;
    private static final String NAME = "[a-z0-9_-]{1,63}(?:\\.[a-z0-9_-]{1,63})*";

    private static final Pattern GREASE = Pattern
            .compile("([\\n\\x1a*:JZjz\\x8a\\x9a\\xaa\\xba\\xca\\xda\\xea\\xfa])\\1");

    private final Map<AttributeKey<?>, Object> attributes = new HashMap<>();

    private HelloReference() {}

    /** {@return the attributes that the hello gives; null if it is to be refused, or is not complete} */
    static @Nullable Map<AttributeKey<?>, Object> read(byte[] flight, int maxBytes) {
        try {
            HelloReference hello = new HelloReference();
            hello.message(joined(flight, maxBytes));
            hello.attributes.put(Attributes.PROTOCOL, "tls");
            return hello.attributes;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
    }

    private static void check(boolean right) {
        if (!right) {
            throw new IllegalArgumentException();
        }
    }

    private static int u8(ByteBuffer in) {
        return Byte.toUnsignedInt(in.get());
    }

    private static int u16(ByteBuffer in) {
        return Short.toUnsignedInt(in.getShort());
    }

    private static ByteBuffer cut(ByteBuffer in, int length) {
        if (in.remaining() < length) {
            throw new BufferUnderflowException();
        }
        byte[] content = new byte[length];
        in.get(content);
        return ByteBuffer.wrap(content);
    }

    /** {@return the body of the handshake message} */
    private static ByteBuffer joined(byte[] flight, int maxBytes) {
        ByteBuffer in = ByteBuffer.wrap(flight, 0, Math.min(flight.length, maxBytes));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            check(u8(in) == 22 && u8(in) == 3);
            in.get();
            int length = u16(in);
            check(length > 0 && length <= MAX_FRAGMENT);
            all.writeBytes(cut(in, length).array());
            ByteBuffer message = ByteBuffer.wrap(all.toByteArray());
            if (message.remaining() >= 4) {
                int header = message.getInt();
                check(header >>> 24 == 1);
                int size = header & 0xff_ffff;
                check(message.remaining() <= size);
                if (message.remaining() == size) {
                    return message;
                }
            }
        }
    }

    private void message(ByteBuffer in) {
        int legacy = u16(in);
        check(legacy / 256 == 3);
        cut(in, 32);
        check(cut(in, u8(in)).remaining() <= 32);
        int suites = cut(in, u16(in)).remaining();
        check(suites > 0 && suites % 2 == 0);
        check(cut(in, u8(in)).remaining() > 0);
        Map<Integer, ByteBuffer> extensions = new TreeMap<>();
        if (in.hasRemaining()) {
            ByteBuffer list = cut(in, u16(in));
            check(!in.hasRemaining());
            while (list.hasRemaining()) {
                check(extensions.put(u16(list), cut(list, u16(list))) == null);
            }
        }
        check(extensions.size() <= 128);
        ByteBuffer names = extensions.get(TestingHello.SERVER_NAME);
        if (names != null) {
            serverName(names);
        }
        ByteBuffer protocols = extensions.get(TestingHello.ALPN);
        if (protocols != null) {
            alpn(protocols);
        }
        ByteBuffer versions = extensions.get(TestingHello.SUPPORTED_VERSIONS);
        int version = versions == null ? Math.min(legacy, 0x303) : highest(versions);
        if (version > 0x300) {
            attributes.put(Attributes.TLS_VERSION, "1." + (version - 0x301));
        }
    }

    private void serverName(ByteBuffer in) {
        ByteBuffer list = cut(in, u16(in));
        check(!in.hasRemaining());
        check(u8(list) == 0);
        String sent = latin1(cut(list, u16(list)));
        check(!list.hasRemaining());
        String lower = sent.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        boolean address = name.length() < 254 && name.matches("[0-9]+(?:\\.[0-9]+){3}");
        if (name.length() < 254 && name.matches(NAME) && !address) {
            attributes.put(Attributes.SNI, name);
        } else {
            attributes.put(Attributes.SNI_INVALID, escaped(sent));
        }
    }

    private static String escaped(String sent) {
        String text = sent.chars()
                .mapToObj(
                        c -> c == '\\' ? "\\\\" : c >= ' ' && c < 127 ? Character.toString(c) : "\\x%02x".formatted(c))
                .collect(Collectors.joining());
        return text.substring(0, Math.min(255, text.length()));
    }

    private void alpn(ByteBuffer in) {
        ByteBuffer list = cut(in, u16(in));
        check(!in.hasRemaining() && list.hasRemaining());
        List<String> names = new ArrayList<>();
        while (list.hasRemaining()) {
            String name = latin1(cut(list, u8(list)));
            check(!name.isEmpty());
            if (!GREASE.matcher(name).matches()) {
                names.add(name.chars().mapToObj(c -> c > ' ' && c < 127 && c != ',' && c != '%'
                        ? Character.toString(c)
                        : "%%%02X".formatted(c)).collect(Collectors.joining()));
            }
        }
        String text = String.join(",", names);
        check(text.length() <= 255);
        if (!names.isEmpty()) {
            attributes.put(Attributes.ALPN, text);
        }
    }

    private static int highest(ByteBuffer in) {
        ByteBuffer list = cut(in, u8(in));
        check(!in.hasRemaining() && list.hasRemaining() && list.remaining() % 2 == 0);
        int highest = 0;
        while (list.hasRemaining()) {
            int version = u16(list);
            highest = version > 0x300 && version < 0x305 ? Math.max(highest, version) : highest;
        }
        return highest;
    }

    private static String latin1(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
