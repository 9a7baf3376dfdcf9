package dev.sluice.examples.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Arguments of {@code run}.
 *
 * @param sections in their order
 * @param output directory of the report
 * @param connections of the seed's experiment
 * @param publish whether the figures go into the documentation
 */
record Options(List<Section> sections, boolean quick, Path output, int connections, boolean publish) {
    private static final int CONNECTIONS = 9_000;
    private static final int QUICK_CONNECTIONS = 4_000;

    /** Parts that can be measured by themselves. Without a name, all are, in this order. */
    enum Section {
        STARTUP,
        REQUESTS,
        CONNECTIONS,
        BULK,
        IDLE,
        /** Not in a run of everything, as it takes a quarter of an hour by itself. */
        TLS,
        /** Not in a run of everything, either. */
        STORMS,
        /** Not in a quick run of everything: it takes two minutes by itself. */
        SEED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Understands {@code [SECTION] [--quick] [--publish] [CONNECTIONS] [OUTPUT_DIRECTORY]}.
     *
     * @param current the directory that the user is in
     * @throws IllegalArgumentException with a message for the user
     */
    static Options parse(Path current, List<String> words) {
        List<String> rest = new ArrayList<>(words);
        boolean quick = rest.removeIf("--quick"::equals);
        boolean publish = rest.removeIf("--publish"::equals);
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
                    + "] [--quick] [--baseline TARBALL or COMMIT] [--publish] [output directory]; after seed also a number of connections");
        }
        if (publish && section != null) {
            throw new IllegalArgumentException(
                    "--publish needs the figures of all sections; leave out '" + section.word() + "', or publish "
                            + "the report of an earlier run: run publish [output directory]");
        }
        Path output = rest.isEmpty()
                ? Path.of("examples/benchmarks/target/report")
                : current.resolve(rest.getFirst());
        return new Options(sections(section, quick), quick, output, connections, publish);
    }

    private static @Nullable Section section(String word) {
        return Arrays.stream(Section.values()).filter(each -> each.word().equals(word)).findFirst().orElse(null);
    }

    private static List<Section> sections(@Nullable Section section, boolean quick) {
        if (section != null) {
            return List.of(section);
        }
        return Arrays.stream(Section.values()).filter(each -> each != Section.TLS && each != Section.STORMS)
                .filter(each -> !quick || each != Section.SEED).toList();
    }

    private static int connections(String word) {
        if (word.length() > 6 || Integer.parseInt(word) < Seed.ACTIVE_OF) {
            throw new IllegalArgumentException("'" + word + "' connections are not possible; allowed: " + Seed.ACTIVE_OF
                    + " to 999999");
        }
        return Integer.parseInt(word);
    }
}
