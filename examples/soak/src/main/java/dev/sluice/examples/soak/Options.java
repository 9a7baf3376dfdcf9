package dev.sluice.examples.soak;

import java.nio.file.Path;

/**
 * Options of a run.
 *
 * @param home the unpacked tarball
 * @param plugin the JAR of examples/custom-filter
 * @param output the directory of the report
 * @param seed from which everything follows that is drawn by lot
 * @param seconds of load
 * @param rate new connections in a second
 * @param bytesPerSecond of content, both directions together
 */
record Options(Path home, Path plugin, Path output, long seed, int seconds, int rate, long bytesPerSecond) {
    /** Somewhat more than a million connections and 200 GB in an hour. */
    static final int DEFAULT_RATE = 330;
    static final long DEFAULT_BYTES = 68_000_000;
    private static final String USAGE = "run [--seed N] [--minutes M] [--rate CONNECTIONS_PER_SECOND] [--megabytes PER_SECOND] [--output DIRECTORY]";

    /**
     * Reads the arguments of the command.
     *
     * @throws IllegalArgumentException if they are wrong, with a sentence for the one who wrote them
     */
    static Options parse(String... args) {
        if (args.length < 3) {
            throw new IllegalArgumentException(
                    "the script run names the tarball, the plugin and the output; usage: " + USAGE);
        }
        Options options = new Options(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]), 1, 60, DEFAULT_RATE,
                DEFAULT_BYTES);
        for (int i = 3; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " has no value; usage: " + USAGE);
            }
            options = options.with(args[i], args[i + 1]);
        }
        return options;
    }

    private Options with(String name, String value) {
        try {
            return switch (name) {
                case "--seed" ->
                    new Options(home, plugin, output, Long.parseLong(value), seconds, rate, bytesPerSecond);
                case "--minutes" ->
                    new Options(home, plugin, output, seed, (int) Math.round(Double.parseDouble(value) * 60), rate,
                            bytesPerSecond);
                case "--rate" ->
                    new Options(home, plugin, output, seed, seconds, Integer.parseInt(value), bytesPerSecond);
                case "--megabytes" ->
                    new Options(home, plugin, output, seed, seconds, rate, Long.parseLong(value) * 1_000_000);
                default -> throw new IllegalArgumentException(name + " is no option; usage: " + USAGE);
            };
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " " + value + " is no number; usage: " + USAGE, e);
        }
    }

    long meanBytes() {
        return Math.max(1, bytesPerSecond / rate);
    }

    /** The longest pause of a connection. */
    long mostPauseMillis() {
        return Math.min(10_000, seconds * 1000L / 8);
    }
}
