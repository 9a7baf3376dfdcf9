package dev.sluice.runtime.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

import dev.sluice.runtime.memory.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a ClientHello (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2) by which its connection is judged before an engine sees it.
 * Every field must have exactly its declared length and be present once, as the server will read it: otherwise proxy and server could read
 * two different names.
 *
 * @param serverName in lower case, without a final dot; null = there is none, or a text that is no name of DNS
 * @param protocols that it offers (ALPN), joined by commas, the preferred first; null = none
 * @param version the highest that it offers, {@code 1.0} to {@code 1.3}; null = none of these
 */
public record ClientHello(@Nullable String serverName, @Nullable String protocols, @Nullable String version) {
    /** The most bytes with the headers of its records. */
    private static final int MOST_BYTES = RecordFormat.MAX_RECORD;
    private static final int MESSAGE_HEADER = 4;
    private static final int TYPE = 1;
    private static final int MAJOR_VERSION = 3;
    private static final int RANDOM_BYTES = 32;
    private static final int MOST_SESSION_ID = 32;
    private static final int MOST_EXTENSIONS = 128;

    private static final int TLS_1_0 = 0x0301;
    private static final int TLS_1_2 = 0x0303;
    private static final int TLS_1_3 = 0x0304;

    private static final int SERVER_NAME = 0;
    private static final int HOST_NAME = 0;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;

    /**
     * Reads the hello with which a client begins.
     *
     * @param in its content begins with the first record
     * @return null = more bytes are needed
     * @throws TlsException if a server would have to refuse it, or it is longer than 16 KiB
     */
    public static @Nullable ClientHello read(Buffer in) throws TlsException {
        int at = 0;
        int seen = 0;
        int header = 0;
        while (in.content() - at >= RecordFormat.HEADER_BYTES) {
            int fragment = fragment(in, at);
            at += RecordFormat.HEADER_BYTES;
            int there = Math.min(fragment, in.content() - at);
            for (int i = 0; seen + i < MESSAGE_HEADER && i < there; i++) {
                header = (header << Byte.SIZE) | (in.byteAt(at + i) & 0xff);
            }
            if (seen + there >= MESSAGE_HEADER) {
                checkFits(header, seen + fragment, at - seen);
            }
            if (there < fragment) {
                return null;
            }
            at += fragment;
            seen += fragment;
            if (seen >= MESSAGE_HEADER && seen == size(header)) {
                return parse(message(in, seen));
            }
            if (at + RecordFormat.HEADER_BYTES >= MOST_BYTES) {
                throw tooLong();
            }
        }
        return null;
    }

    /**
     * The hello in a record.
     *
     * @param index of the record's header
     * @param length of the record with its header
     * @return null = it is not whole in this record, or not as a server has to read it
     */
    public static @Nullable ClientHello inRecord(Buffer in, int index, int length) {
        if (in.byteAt(index) != RecordFormat.HANDSHAKE || length < RecordFormat.HEADER_BYTES + MESSAGE_HEADER) {
            return null;
        }
        byte[] message = new byte[length - RecordFormat.HEADER_BYTES];
        in.copyTo(index + RecordFormat.HEADER_BYTES, message, 0, message.length);
        ByteBuffer bytes = ByteBuffer.wrap(message);
        int header = bytes.getInt();
        try {
            return type(header) == TYPE && size(header) == message.length ? parse(bytes) : null;
        } catch (TlsException e) {
            // The engine that gets the record says what is wrong with it.
            return null;
        }
    }

    private static int type(int header) {
        return header >>> (3 * Byte.SIZE);
    }

    private static int size(int header) {
        return MESSAGE_HEADER + (header & 0xff_ffff);
    }

    /**
     * Checks the header of the message.
     *
     * @param end of the current record in the message
     * @param overhead bytes of the headers of records so far
     */
    private static void checkFits(int header, int end, int overhead) throws TlsException {
        if (type(header) != TYPE) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                    "a handshake message of type " + type(header) + " instead of a ClientHello");
        }
        if (end > size(header)) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE,
                    (end - size(header)) + " bytes behind the ClientHello in its record");
        }
        if (size(header) > RecordFormat.MAX_CONTENT || size(header) + overhead > MOST_BYTES) {
            throw tooLong();
        }
    }

    private static TlsException tooLong() {
        return TlsException.violation(Alert.ILLEGAL_PARAMETER, "a ClientHello of more than 16 KiB");
    }

    /** The length of a record. */
    private static int fragment(Buffer in, int at) throws TlsException {
        int type = in.byteAt(at) & 0xff;
        if (type != RecordFormat.HANDSHAKE) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "a record of type " + type
                    + " instead of a ClientHello");
        }
        if (in.byteAt(at + 1) != MAJOR_VERSION) {
            throw TlsException.violation(Alert.PROTOCOL_VERSION,
                    "a record of version " + (in.byteAt(at + 1) & 0xff) + "." + (in.byteAt(at + 2) & 0xff));
        }
        int length = length(in, at);
        if (length == 0) {
            throw TlsException.violation(Alert.UNEXPECTED_MESSAGE, "an empty record within the ClientHello");
        }
        if (length > RecordFormat.MAX_CONTENT) {
            throw TlsException.violation(Alert.RECORD_OVERFLOW, "a record of " + length + " bytes");
        }
        return length;
    }

    private static int length(Buffer in, int at) {
        return Records.length(in, at) - RecordFormat.HEADER_BYTES;
    }

    /** The message without its header, in one piece. */
    private static ByteBuffer message(Buffer in, int length) {
        byte[] message = new byte[length];
        int at = 0;
        for (int filled = 0; filled < length;) {
            int fragment = length(in, at);
            in.copyTo(at + RecordFormat.HEADER_BYTES, message, filled, fragment);
            filled += fragment;
            at += RecordFormat.HEADER_BYTES + fragment;
        }
        return ByteBuffer.wrap(message, MESSAGE_HEADER, length - MESSAGE_HEADER);
    }

    private static ClientHello parse(ByteBuffer in) throws TlsException {
        try {
            int legacy = Short.toUnsignedInt(in.getShort());
            if (legacy >>> Byte.SIZE != MAJOR_VERSION) {
                throw TlsException.violation(Alert.PROTOCOL_VERSION, "a ClientHello of version "
                        + (legacy >>> Byte.SIZE) + "." + (legacy & 0xff));
            }
            take(in, RANDOM_BYTES);
            if (take(in, u8(in)).remaining() > MOST_SESSION_ID) {
                throw wrong("its session id is too long");
            }
            int suites = take(in, u16(in)).remaining();
            if (suites == 0 || suites % 2 != 0) {
                throw wrong("its cipher suites have " + suites + " bytes");
            }
            if (!take(in, u8(in)).hasRemaining()) {
                throw wrong("it has no compression method");
            }
            Fields fields = new Fields(Math.min(legacy, TLS_1_2));
            if (in.hasRemaining()) {
                ByteBuffer extensions = take(in, u16(in));
                none(in);
                fields.read(extensions);
            }
            return new ClientHello(fields.serverName, fields.protocols, name(fields.version));
        } catch (BufferUnderflowException e) {
            throw wrong("it ends within a field");
        }
    }

    private static @Nullable String name(int version) {
        return version < TLS_1_0 ? null : "1." + (version - TLS_1_0);
    }

    private static TlsException wrong(String what) {
        return TlsException.violation(Alert.DECODE_ERROR, "a ClientHello that no client may send: " + what);
    }

    private static int u8(ByteBuffer in) {
        return Byte.toUnsignedInt(in.get());
    }

    private static int u16(ByteBuffer in) {
        return Short.toUnsignedInt(in.getShort());
    }

    /** The next bytes as a field of its own. */
    private static ByteBuffer take(ByteBuffer in, int length) {
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer field = in.slice(in.position(), length);
        in.position(in.position() + length);
        return field;
    }

    private static void none(ByteBuffer in) throws TlsException {
        if (in.hasRemaining()) {
            throw wrong("there are " + in.remaining() + " bytes behind a field");
        }
    }

    /** The extensions of a hello. */
    private static final class Fields {
        private static final int MOST_TEXT = 255;
        private static final int GREASE_LENGTH = 2;
        private static final String HEX = "0123456789ABCDEF";

        private int version;
        private @Nullable String serverName;
        private @Nullable String protocols;

        /** @param version that of a hello without extensions: TLS 1.2 at most, whatever it says (RFC 8446 section 4.2.1) */
        Fields(int version) {
            this.version = version;
        }

        void read(ByteBuffer in) throws TlsException {
            Set<Integer> types = new HashSet<>();
            while (in.hasRemaining()) {
                int type = u16(in);
                if (!types.add(type)) {
                    throw wrong("it has two extensions of type " + type);
                }
                if (types.size() > MOST_EXTENSIONS) {
                    throw wrong("it has more than " + MOST_EXTENSIONS + " extensions");
                }
                ByteBuffer extension = take(in, u16(in));
                switch (type) {
                    case SERVER_NAME -> serverName(extension);
                    case ALPN -> protocols(extension);
                    case SUPPORTED_VERSIONS -> versions(extension);
                    default -> extension.position(extension.limit());
                }
                none(extension);
            }
        }

        private void serverName(ByteBuffer in) throws TlsException {
            ByteBuffer list = take(in, u16(in));
            if (u8(list) != HOST_NAME) {
                throw wrong("its server name is of an unknown kind");
            }
            ByteBuffer name = take(list, u16(list));
            none(list);
            serverName = name(name);
        }

        /** The name of DNS that a text is; null = it is none. */
        private static @Nullable String name(ByteBuffer in) {
            String text = StandardCharsets.ISO_8859_1.decode(in).toString().toLowerCase(Locale.ROOT);
            String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
            return isName(name) ? name : null;
        }

        private void protocols(ByteBuffer in) throws TlsException {
            ByteBuffer list = take(in, u16(in));
            StringBuilder text = new StringBuilder();
            do {
                ByteBuffer name = take(list, u8(list));
                if (!name.hasRemaining()) {
                    throw wrong("it offers a protocol without a name");
                }
                if (!isGrease(name)) {
                    append(name, text);
                }
            } while (list.hasRemaining());
            if (text.length() > MOST_TEXT) {
                throw wrong("its protocols have " + text.length() + " characters; at most " + MOST_TEXT
                        + " are allowed");
            }
            protocols = text.isEmpty() ? null : text.toString();
        }

        private static boolean isGrease(ByteBuffer name) {
            return name.remaining() == GREASE_LENGTH && name.get(0) == name.get(1) && (name.get(0) & 0xf) == 0xa;
        }

        /** Appends a name, in which what could make it look like two is encoded. */
        private static void append(ByteBuffer name, StringBuilder text) {
            if (!text.isEmpty()) {
                text.append(',');
            }
            while (name.hasRemaining()) {
                int b = u8(name);
                if (b > ' ' && b < 0x7f && b != ',' && b != '%') {
                    text.append((char) b);
                } else {
                    text.append('%').append(HEX.charAt(b >> 4)).append(HEX.charAt(b & 0xf));
                }
            }
        }

        private void versions(ByteBuffer in) throws TlsException {
            ByteBuffer list = take(in, u8(in));
            if (!list.hasRemaining() || list.remaining() % 2 != 0) {
                throw wrong("its versions have " + list.remaining() + " bytes");
            }
            version = 0;
            while (list.hasRemaining()) {
                int offered = u16(list);
                // Grease (RFC 8701), drafts and what is not known yet are none of ours.
                if (offered >= TLS_1_0 && offered <= TLS_1_3) {
                    version = Math.max(version, offered);
                }
            }
        }
    }

    /** Whether a text in lower case is a name of DNS, with underscores, which are in use; an address is none. */
    private static boolean isName(String text) {
        int label = 0;
        int labels = 1;
        boolean numeric = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '.') {
                if (label == 0 || label > 63) {
                    return false;
                }
                label = 0;
                labels++;
                continue;
            }
            boolean digit = c >= '0' && c <= '9';
            if (!digit && (c < 'a' || c > 'z') && c != '-' && c != '_') {
                return false;
            }
            numeric &= digit;
            label++;
        }
        return label > 0 && label <= 63 && text.length() <= 253 && !(numeric && labels == 4);
    }
}
