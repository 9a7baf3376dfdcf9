package dev.sluice.filters.sniff;

import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;

/** Values as users write them. */
final class Texts {
    private Texts() {}

    static String of(Duration duration) {
        if (duration.toSecondsPart() == 0 && duration.toMillisPart() == 0) {
            return duration.toMinutes() + "m";
        }
        return duration.toMillisPart() == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    static String labels(List<Protocol> protocols) {
        StringJoiner labels = new StringJoiner(", ");
        for (Protocol protocol : protocols) {
            labels.add(protocol.label());
        }
        return labels.toString();
    }
}
