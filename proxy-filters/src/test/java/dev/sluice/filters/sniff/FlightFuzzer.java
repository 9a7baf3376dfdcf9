package dev.sluice.filters.sniff;

/** The entry of the fuzzer for first flights of any protocol; {@code examples/fuzzing} runs it. */
public final class FlightFuzzer {
    private static final FlightCheck CHECK = FlightCheck.whileFuzzing();

    private FlightFuzzer() {}

    /**
     * One input.
     *
     * @param input the bytes that the client sends
     */
    public static void fuzzerTestOneInput(byte[] input) {
        CHECK.check(input);
    }
}
