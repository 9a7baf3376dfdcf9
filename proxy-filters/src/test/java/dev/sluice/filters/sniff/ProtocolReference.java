package dev.sluice.filters.sniff;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A second reading of each protocol, from its specification and with other means: patterns, and numbers read one behind
 * the other. It answers as early as possible, and is slow.
 */
final class ProtocolReference {
    private static final String VISIBLE = "[\\x21-\\x7e]";
    private static final Pattern TLS = Pattern.compile("\\x16\\x03");
    private static final Pattern HTTP1 = Pattern
            .compile("(?:\\r\\n)?[A-Z_-]{1,32} [\\x21-\\x7e\\x80-\\xff]+ HTTP/1\\.[0-9]\\r?\\n");
    private static final Pattern HTTP2 = Pattern.compile("PRI \\* HTTP/2\\.0\\r\\n\\r\\nSM\\r\\n\\r\\n");
    private static final Pattern SSH = Pattern.compile("SSH-2\\.0-|SSH-1\\.");
    private static final Pattern REDIS = Pattern.compile("\\*[1-9][0-9]{0,6}\\r\\n\\$");
    private static final Pattern MQTT_NAME = Pattern
            .compile("\\x00\\x04MQTT[\\x04\\x05\\x84\\x85]|\\x00\\x06MQIsdp[\\x03\\x83]");
    private static final Pattern SOCKS4_ADDRESS = Pattern.compile(
            "(?s)\\x04[\\x01\\x02]..(?:[^\\x00]...|\\x00[^\\x00]..|\\x00\\x00[^\\x00].|\\x00{4})" + VISIBLE
                    + "{0,255}\\x00");
    private static final Pattern SOCKS4_NAME = Pattern.compile(
            "(?s)\\x04[\\x01\\x02]..\\x00{3}[^\\x00]" + VISIBLE + "{0,255}\\x00" + VISIBLE + "{0,255}\\x00");

    private static final Pattern TOKEN = Pattern.compile("(?s).*\\r\\n(?:\\x01.*)?");

    private ProtocolReference() {}

    static Detector.Answer answer(Protocol protocol, byte[] bytes) {
        String text = new String(bytes, 0, Math.min(bytes.length, RequestLine.WINDOW), StandardCharsets.ISO_8859_1);
        return switch (protocol) {
            case TLS -> match(TLS, text);
            case HTTP1 -> http1(text);
            case HTTP2 -> match(HTTP2, text);
            case SSH -> match(SSH, text);
            case REDIS -> match(REDIS, text);
            case SOCKS4 -> either(match(SOCKS4_ADDRESS, text), match(SOCKS4_NAME, text));
            case MYSQL -> Detector.Answer.NOT_POSSIBLE;
            case POSTGRESQL, MQTT, SOCKS5, RDP, KAFKA -> read(protocol, bytes);
        };
    }

    // Whether more text could make it match is what is asked here.
    @SuppressWarnings("JdkObsolete")
    private static Detector.Answer match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (matcher.lookingAt()) {
            return Detector.Answer.MATCH;
        }
        return matcher.hitEnd() ? Detector.Answer.NEED_MORE : Detector.Answer.NOT_POSSIBLE;
    }

    private static Detector.Answer either(Detector.Answer one, Detector.Answer other) {
        return one == Detector.Answer.MATCH || other == Detector.Answer.NOT_POSSIBLE ? one : other;
    }

    private static Detector.Answer http1(String text) {
        Detector.Answer answer = match(HTTP1, text);
        return answer == Detector.Answer.NEED_MORE && text.length() == RequestLine.WINDOW
                ? Detector.Answer.NOT_POSSIBLE
                : answer;
    }

    private static Detector.Answer read(Protocol protocol, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            boolean right = switch (protocol) {
                case POSTGRESQL -> postgresql(in);
                case MQTT -> mqtt(in);
                case SOCKS5 -> socks5(in);
                case RDP -> rdp(in);
                case KAFKA -> kafka(in);
                default -> throw new IllegalArgumentException(protocol.label());
            };
            return right ? Detector.Answer.MATCH : Detector.Answer.NOT_POSSIBLE;
        } catch (BufferUnderflowException e) {
            return Detector.Answer.NEED_MORE;
        }
    }

    private static int u8(ByteBuffer in) {
        return Byte.toUnsignedInt(in.get());
    }

    private static int u16(ByteBuffer in) {
        return Short.toUnsignedInt(in.getShort());
    }

    /** {@return whether the next byte, which must be there, is this one} */
    private static boolean is(ByteBuffer in, int expected) {
        return u8(in) == expected;
    }

    /** {@return whether these bytes are next: false at the first other one, though the rest is not there} */
    private static boolean begins(ByteBuffer in, int... expected) {
        for (int each : expected) {
            if (!is(in, each)) {
                return false;
            }
        }
        return true;
    }

    private static boolean postgresql(ByteBuffer in) {
        if (!begins(in, 0, 0)) {
            return false;
        }
        int length = u16(in);
        int major = u16(in);
        int minor = u16(in);
        if (major == 3) {
            return length > 8 && length <= 10_004 && isVisible(u8(in));
        }
        if (major != 1234) {
            return false;
        }
        return switch (minor) {
            case 5678 -> length >= 16 && length <= 268;
            case 5679, 5680 -> length == 8;
            default -> false;
        };
    }

    private static boolean mqtt(ByteBuffer in) {
        if (!is(in, 0x10)) {
            return false;
        }
        int length = 0;
        int weight = 1;
        int digit;
        do {
            if (weight > 128 * 128 * 128) {
                return false;
            }
            digit = u8(in);
            length += digit % 128 * weight;
            weight *= 128;
        } while (digit >= 128);
        if (length < 12) {
            return false;
        }
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        Detector.Answer name = match(MQTT_NAME, new String(rest, StandardCharsets.ISO_8859_1));
        if (name == Detector.Answer.NEED_MORE) {
            throw new BufferUnderflowException();
        }
        return name == Detector.Answer.MATCH;
    }

    private static boolean socks5(ByteBuffer in) {
        if (!is(in, 5)) {
            return false;
        }
        int count = u8(in);
        if (count == 0) {
            return false;
        }
        boolean known = false;
        for (int i = 0; i < count; i++) {
            int method = u8(in);
            if (method == 255) {
                return false;
            }
            known |= method < 10 || method > 127;
        }
        return known;
    }

    private static boolean rdp(ByteBuffer in) {
        if (!begins(in, 3, 0)) {
            return false;
        }
        int packet = u16(in);
        int request = u8(in);
        if (packet != request + 5 || packet < 11 || !is(in, 0xe0) || u16(in) != 0) {
            return false;
        }
        in.getShort();
        if (!is(in, 0)) {
            return false;
        }
        if (packet == 11) {
            return true;
        }
        int first = u8(in.slice());
        if (first == 1 || isVisible(first)) {
            return true;
        }
        byte[] rest = new byte[packet - 11];
        in.get(rest);
        return TOKEN.matcher(new String(rest, StandardCharsets.ISO_8859_1)).matches() && !parameters(rest);
    }

    /** {@return whether these are parameters of X.224: code, length, value} */
    private static boolean parameters(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            while (in.hasRemaining()) {
                if (u8(in) < 128) {
                    return false;
                }
                in.get(new byte[u8(in)]);
            }
            return true;
        } catch (BufferUnderflowException e) {
            return false;
        }
    }

    private static boolean kafka(ByteBuffer in) {
        if (!begins(in, 0, 0)) {
            return false;
        }
        int size = u16(in);
        int key = u16(in);
        int version = u16(in);
        if (key != 18 || version > 15) {
            return false;
        }
        in.getInt();
        short clientId = in.getShort();
        int rest = size - 10 - (clientId == -1 ? 0 : Short.toUnsignedInt(clientId));
        return version < 3 ? rest == 0 : rest > 0;
    }

    private static boolean isVisible(int b) {
        return b > ' ' && b < 127;
    }
}
