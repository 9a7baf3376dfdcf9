package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.yaml.Location;
import dev.sluice.runtime.yaml.NodePath;
import dev.sluice.runtime.yaml.ProblemSink;
import org.jspecify.annotations.Nullable;

/**
 * A collector of the problems of one load. Bounded, so that a file full of mistakes costs no more than a file with
 * some. Used by one thread.
 */
final class Problems implements ProblemSink {
    private static final int LIMIT = 100;

    private record Entry(ConfigPlace.Spot at, Problem problem) {
        /**
         * Compares for sorting. Not composed by Comparator.comparing, because such comparators are serializable, which
         * a CDS archive does not support.
         */
        int compareByPlace(Entry other) {
            int bySource = Integer.compare(at.order(), other.at.order());
            int byLine = bySource != 0 ? bySource : Integer.compare(at.line(), other.at.line());
            return byLine != 0 ? byLine : Integer.compare(at.column(), other.at.column());
        }
    }

    private record Identity(int order, int line, int column, String what) {}

    private final List<Entry> errors = new ArrayList<>();
    private final List<Entry> warnings = new ArrayList<>();
    // A mistake behind an alias is found once for each use, but is in the file once.
    private final Set<Identity> seen = new HashSet<>();

    @Override
    public void add(Location at, NodePath path, String what, @Nullable String allowed, @Nullable String didYouMean) {
        // Checked first: no excerpt is made for a problem that is not shown.
        if (!full() && isNew(at.source().order(), at.line(), at.column(), what)) {
            error(NodePlace.spot(at, path), what, allowed, didYouMean);
        }
    }

    void add(ConfigPlace.Spot at, String what, @Nullable String allowed, @Nullable String didYouMean) {
        if (!full() && isNew(at.order(), at.line(), at.column(), what)) {
            error(at, what, allowed, didYouMean);
        }
    }

    void warn(ConfigPlace.Spot at, String what) {
        if (warnings.size() < LIMIT && isNew(at.order(), at.line(), at.column(), what)) {
            warnings.add(new Entry(at, Problem.of(at, what, null, null)));
        }
    }

    private boolean isNew(int order, int line, int column, String what) {
        return seen.add(new Identity(order, line, column, what));
    }

    private void error(ConfigPlace.Spot at, String what, @Nullable String allowed, @Nullable String didYouMean) {
        errors.add(new Entry(at, Problem.of(at, what, allowed, didYouMean)));
        if (full()) {
            ConfigPlace.Spot whole = new ConfigPlace.Spot(at.source(), at.order(), 0, 0, "", null);
            errors.add(new Entry(whole, Problem.of(whole,
                    "these are the first " + LIMIT + " problems; there may be more", null, null)));
        }
    }

    /** Whether the collector is full, so that further problems would not be reported. */
    @Override
    public boolean full() {
        return errors.size() >= LIMIT;
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    List<Problem> errors() {
        return sorted(errors);
    }

    List<Problem> warnings() {
        return sorted(warnings);
    }

    private static List<Problem> sorted(List<Entry> entries) {
        List<Entry> kept = entries.size() > LIMIT ? entries.subList(0, LIMIT) : entries;
        List<Problem> result = new ArrayList<>(
                kept.stream().sorted(Entry::compareByPlace).map(Entry::problem).toList());
        entries.stream().skip(LIMIT).map(Entry::problem).forEach(result::add);
        return result;
    }
}
