package dev.sluice.filters.sniff;

import java.nio.ByteBuffer;

/**
 * The entry of the fuzzer for the content of a ClientHello. The lengths are right, except where the input wants one to
 * lie, so that inputs get further than to the first of them.
 */
public final class HelloFuzzer {
    private static final FlightCheck CHECK = FlightCheck.whileFuzzing();
    private static final int[] TYPES = {TestingHello.SERVER_NAME, TestingHello.ALPN, TestingHello.SUPPORTED_VERSIONS,
        TestingHello.PADDING, 0x0a0a};

    private HelloFuzzer() {}

    /**
     * One input.
     *
     * @param input describes a hello, see {@link #flight}
     */
    public static void fuzzerTestOneInput(byte[] input) {
        CHECK.check(flight(input));
    }

    /** Size of the records, version, then extensions: type, form of the content, its length, content. */
    static byte[] flight(byte[] input) {
        ByteBuffer in = ByteBuffer.wrap(input);
        int size = 1 + next(in) * 4;
        TestingHello hello = new TestingHello().version(0x300 + next(in) % 8);
        while (in.hasRemaining()) {
            int type = TYPES[next(in) % TYPES.length];
            int form = next(in);
            byte[] content = new byte[Math.min(next(in), in.remaining())];
            in.get(content);
            hello.extension(type, switch (form % 4) {
                case 0 -> TestingHello.vector(2, TestingHello.join(new byte[1], TestingHello.vector(2, content)));
                case 1 -> TestingHello.vector(2, content);
                case 2 -> TestingHello.vector(1, content);
                default -> content;
            });
        }
        return TestingHello.recordsOf(hello.message(), size);
    }

    private static int next(ByteBuffer in) {
        return in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : 0;
    }
}
