package dev.sluice.filters.sniff;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes ClientHellos, right and wrong ones, and cuts them into records. */
final class TestingHello {
    static final int SERVER_NAME = 0;
    static final int ALPN = 16;
    static final int PADDING = 21;
    static final int SUPPORTED_VERSIONS = 43;

    private int version = 0x0303;
    private byte[] sessionId = new byte[32];
    private byte[] suites = bytes(0x0a, 0x0a, 0x13, 0x01, 0xc0, 0x2f);
    private byte[] compression = bytes(0);
    private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    private boolean withExtensions = true;

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Bytes behind their number, which takes so many bytes. */
    static byte[] vector(int lengthBytes, byte[] content) {
        byte[] length = new byte[lengthBytes];
        for (int i = 0; i < lengthBytes; i++) {
            length[i] = (byte) (content.length >>> (8 * (lengthBytes - 1 - i)));
        }
        return join(length, content);
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    TestingHello version(int value) {
        version = value;
        return this;
    }

    TestingHello sessionId(int length) {
        sessionId = new byte[length];
        return this;
    }

    TestingHello suites(int length) {
        suites = new byte[length];
        return this;
    }

    TestingHello compression(int length) {
        compression = new byte[length];
        return this;
    }

    /** Nothing behind the compression methods, as in the first clients of TLS. */
    TestingHello withoutExtensions() {
        withExtensions = false;
        return this;
    }

    TestingHello extension(int type, byte[] content) {
        extensions.writeBytes(bytes(type >> 8, type));
        extensions.writeBytes(vector(2, content));
        return this;
    }

    /** One entry of a list of server names. */
    static byte[] nameEntry(int type, String name) {
        return join(bytes(type), vector(2, latin1(name)));
    }

    TestingHello serverName(String name) {
        return extension(SERVER_NAME, vector(2, nameEntry(0, name)));
    }

    TestingHello alpn(String... names) {
        byte[] list = {};
        for (String name : names) {
            list = join(list, vector(1, latin1(name)));
        }
        return extension(ALPN, vector(2, list));
    }

    TestingHello versions(int... offered) {
        byte[] list = {};
        for (int each : offered) {
            list = join(list, bytes(each >> 8, each));
        }
        return extension(SUPPORTED_VERSIONS, vector(1, list));
    }

    TestingHello padding(int length) {
        return extension(PADDING, new byte[length]);
    }

    /** A key share as that of a post-quantum group makes hellos large. */
    TestingHello keyShare(int length) {
        return extension(51, vector(2, join(bytes(0x11, 0xec), vector(2, new byte[length]))));
    }

    /** The handshake message. */
    byte[] message() {
        byte[] body = join(bytes(version >> 8, version), new byte[32], vector(1, sessionId), vector(2, suites),
                vector(1, compression), withExtensions ? vector(2, extensions.toByteArray()) : new byte[0]);
        return join(bytes(1), vector(3, body));
    }

    /** The message in one record. */
    byte[] record() {
        return record(message());
    }

    static byte[] record(byte[] fragment) {
        return join(bytes(22, 3, 1), vector(2, fragment));
    }

    /** The message in records that end at these places, and one for the rest. */
    static byte[] recordsCutAt(byte[] message, int... cuts) {
        byte[] records = {};
        int from = 0;
        for (int cut : cuts) {
            records = join(records, record(Arrays.copyOfRange(message, from, cut)));
            from = cut;
        }
        return join(records, record(Arrays.copyOfRange(message, from, message.length)));
    }

    /** The message in records of so many bytes. */
    static byte[] recordsOf(byte[] message, int size) {
        int[] cuts = new int[(message.length - 1) / size];
        for (int i = 0; i < cuts.length; i++) {
            cuts[i] = (i + 1) * size;
        }
        return recordsCutAt(message, cuts);
    }

    /** A hello with a name, whose message has so many bytes. */
    static byte[] messageOf(String name, int size) {
        int rest = size - new TestingHello().serverName(name).padding(0).message().length;
        return new TestingHello().padding(rest).serverName(name).message();
    }
}
