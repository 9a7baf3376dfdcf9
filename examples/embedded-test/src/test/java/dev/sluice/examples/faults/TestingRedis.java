package dev.sluice.examples.faults;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The part of a Redis server that a test needs: each key has one value. */
final class TestingRedis {
    private TestingRedis() {}

    static TestingServer start(String value) {
        return TestingServer.start((in, out) -> serve(value, in, out));
    }

    private static void serve(String value, DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            List<String> command = new ArrayList<>();
            int words = number(in);
            for (int i = 0; i < words; i++) {
                command.add(new String(in.readNBytes(number(in)), StandardCharsets.UTF_8));
                in.readNBytes(2);
            }
            boolean get = command.getFirst().equals("GET");
            out.writeBytes(get ? "$" + value.length() + "\r\n" + value + "\r\n" : "-ERR unknown command\r\n");
        }
    }

    /** The number of a line such as {@code *2}. */
    private static int number(DataInputStream in) throws IOException {
        in.readByte();
        int number = 0;
        for (byte digit = in.readByte(); digit != '\r'; digit = in.readByte()) {
            number = number * 10 + digit - '0';
        }
        in.readByte();
        return number;
    }
}
