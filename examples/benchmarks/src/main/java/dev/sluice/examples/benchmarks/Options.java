package dev.sluice.examples.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The options of {@code run}.
 *
 * @param sections in their order
 * @param output directory of the report
 * @param connections of the seed's experiment
 */
record Options(List<Section> sections, boolean quick, Path output, int connections) {
    private static final int CONNECTIONS = 9_000;
    private static final int QUICK_CONNECTIONS = 4_000;

    /** The sections that can be measured by themselves. Without a name, all are, in this order. */
    enum Section {
        STARTUP,
        REQUESTS,
        CONNECTIONS,
        BULK,
        IDLE,
        /** Not in a quick run of everything: it takes two minutes by itself. */
        SEED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Understands {@code [SECTION] [--quick] [CONNECTIONS] [OUTPUT_DIRECTORY]}.
     *
     * @param current the directory that the user is in
     * @throws IllegalArgumentException with a message for the user
     */
    static Options parse(Path current, List<String> words) {
        List<String> rest = new ArrayList<>(words);
        boolean quick = rest.removeIf("--quick"::equals);
        Section section = rest.isEmpty() ? null : section(rest.getFirst());
        if (section != null) {
            rest.removeFirst();
        }
        int connections = quick ? QUICK_CONNECTIONS : CONNECTIONS;
        if (section == Section.SEED && !rest.isEmpty() && rest.getFirst().matches("\\d+")) {
            connections = connections(rest.removeFirst());
        }
        if (rest.size() > 1 || (!rest.isEmpty() && rest.getFirst().startsWith("-"))) {
            throw new IllegalArgumentException("'" + rest.getLast() + "' is not understood; allowed: ["
                    + Arrays.stream(Section.values()).map(Section::word).collect(Collectors.joining("|"))
                    + "] [--quick] [output directory]; after seed also a number of connections");
        }
        Path output = rest.isEmpty()
                ? Path.of("examples/benchmarks/target/report")
                : current.resolve(rest.getFirst());
        return new Options(sections(section, quick), quick, output, connections);
    }

    private static @Nullable Section section(String word) {
        return Arrays.stream(Section.values()).filter(each -> each.word().equals(word)).findFirst().orElse(null);
    }

    private static List<Section> sections(@Nullable Section section, boolean quick) {
        if (section != null) {
            return List.of(section);
        }
        return Arrays.stream(Section.values()).filter(each -> !quick || each != Section.SEED).toList();
    }

    private static int connections(String word) {
        if (word.length() > 6 || Integer.parseInt(word) < Seed.ACTIVE_OF) {
            throw new IllegalArgumentException("'" + word + "' connections are not possible; allowed: " + Seed.ACTIVE_OF
                    + " to 999999");
        }
        return Integer.parseInt(word);
    }
}
