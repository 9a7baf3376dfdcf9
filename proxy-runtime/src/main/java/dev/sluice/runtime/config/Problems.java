package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** Collects what one load finds. Bounded, so that a file made of mistakes costs no more than a file with some. Used by one thread. */
final class Problems {
    private static final int LIMIT = 100;

    private record Entry(Location at, ConfigProblem problem) {
        /** For sorting. Not put together by Comparator.comparing: such comparators can be serialized, and a start archive does not hold them. */
        int compareByPlace(Entry other) {
            int bySource = Integer.compare(at.source().order(), other.at.source().order());
            int byLine = bySource != 0 ? bySource : Integer.compare(at.line(), other.at.line());
            return byLine != 0 ? byLine : Integer.compare(at.column(), other.at.column());
        }
    }

    private record Identity(Location at, String what) {}

    private final List<Entry> errors = new ArrayList<>();
    private final List<Entry> warnings = new ArrayList<>();
    // A mistake behind an alias is met once for each use, but stands in the file once.
    private final Set<Identity> seen = new HashSet<>();

    void add(Location at, ConfigPath path, String what, @Nullable String allowed, @Nullable String didYouMean) {
        if (!full() && seen.add(new Identity(at, what))) {
            errors.add(entry(at, path, what, allowed, didYouMean));
            if (full()) {
                errors.add(entry(at.source().whole(), ConfigPath.ROOT,
                        "these are the first " + LIMIT + " problems; there may be more", null, null));
            }
        }
    }

    void warn(Location at, ConfigPath path, String what) {
        if (warnings.size() < LIMIT && seen.add(new Identity(at, what))) {
            warnings.add(entry(at, path, what, null, null));
        }
    }

    /** Whether looking for more would be in vain. */
    boolean full() {
        return errors.size() >= LIMIT;
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    List<ConfigProblem> errors() {
        return sorted(errors);
    }

    List<ConfigProblem> warnings() {
        return sorted(warnings);
    }

    private static List<ConfigProblem> sorted(List<Entry> entries) {
        List<Entry> kept = entries.size() > LIMIT ? entries.subList(0, LIMIT) : entries;
        List<ConfigProblem> result = new ArrayList<>(
                kept.stream().sorted(Entry::compareByPlace).map(Entry::problem).toList());
        entries.stream().skip(LIMIT).map(Entry::problem).forEach(result::add);
        return result;
    }

    private static Entry entry(Location at, ConfigPath path, String what, @Nullable String allowed,
            @Nullable String didYouMean) {
        SourceText source = at.source();
        return new Entry(at, new ConfigProblem(source.name(), at.line(), at.column(), path.toString(),
                Texts.sentence(what), sentence(allowed), sentence(didYouMean),
                source.excerpt(at.line(), at.column())));
    }

    private static @Nullable String sentence(@Nullable String text) {
        return text == null ? null : Texts.sentence(text);
    }
}
