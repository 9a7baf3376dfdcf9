package dev.sluice.examples.faults;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The part of a PostgreSQL server that a driver needs to send simple queries; each that has an answer gets the number 1. */
final class TestingPostgres {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private TestingPostgres() {}

    static TestingServer start() {
        return TestingServer.start(TestingPostgres::serve);
    }

    private static void serve(DataInputStream in, DataOutputStream out) throws IOException {
        byte[] start = in.readNBytes(in.readInt() - Integer.BYTES);
        while (isAskedForEncryption(start)) {
            out.write('N');
            start = in.readNBytes(in.readInt() - Integer.BYTES);
        }
        message(out, 'R', new byte[4]);
        message(out, 'S', text("server_version", "17.0"));
        message(out, 'S', text("client_encoding", "UTF8"));
        message(out, 'S', text("standard_conforming_strings", "on"));
        message(out, 'S', text("DateStyle", "ISO"));
        message(out, 'S', text("integer_datetimes", "on"));
        message(out, 'S', text("TimeZone", "UTC"));
        message(out, 'Z', new byte[]{'I'});
        while (in.read() == 'Q') {
            String query = new String(in.readNBytes(in.readInt() - Integer.BYTES), StandardCharsets.UTF_8);
            boolean rows = query.startsWith("SELECT") || query.startsWith("SHOW");
            if (rows) {
                message(out, 'T', new byte[]{0, 1, 'n', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0, 4, -1, -1, -1, -1, 0, 0});
                message(out, 'D', new byte[]{0, 1, 0, 0, 0, 1, '1'});
            }
            message(out, 'C', text(rows ? "SELECT 1" : "SET"));
            message(out, 'Z', new byte[]{'I'});
        }
    }

    private static boolean isAskedForEncryption(byte[] start) {
        int code = ByteBuffer.wrap(start).getInt();
        return code == SSL_REQUEST || code == GSS_REQUEST;
    }

    private static byte[] text(String... words) {
        return (String.join("\0", words) + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static void message(DataOutputStream out, char type, byte[] content) throws IOException {
        byte[] message = new byte[1 + Integer.BYTES + content.length];
        int length = Integer.BYTES + content.length;
        message[0] = (byte) type;
        message[3] = (byte) (length >> 8);
        message[4] = (byte) length;
        System.arraycopy(content, 0, message, 1 + Integer.BYTES, content.length);
        out.write(message);
    }
}
