package dev.sluice.runtime.testing;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.openjdk.jol.info.GraphLayout;

/** All objects that can be reached from one, counted by class, with their bytes as the JVM that runs this lays them out. */
public final class Footprint {
    private final GraphLayout objects;

    private Footprint(GraphLayout objects) {
        this.objects = objects;
    }

    /** Nothing may move in what is looked at meanwhile. */
    public static Footprint of(Object root) {
        // What is only weakly reachable would be found too.
        System.gc();
        return new Footprint(GraphLayout.parseInstance(root));
    }

    /**
     * The growth since another time, for each of the objects added since: shared objects are in both and cancel out.
     *
     * @param bytes of objects for each thing
     * @param table what they consist of
     */
    public record Growth(double bytes, String table) {}

    /** The growth from {@code before} to this, divided by {@code things}. */
    public Growth since(Footprint before, int things) {
        Set<Class<?>> classes = new HashSet<>(objects.getClasses());
        classes.addAll(before.objects.getClasses());
        List<Line> lines = classes.stream().map(type -> line(type, before, things))
                .filter(line -> line.bytes != 0 || line.count != 0)
                .sorted(Comparator.comparingDouble(Line::bytes).reversed()).toList();
        double total = lines.stream().mapToDouble(Line::bytes).sum();
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, "%10s %8s  class%n", "bytes", "count"));
        lines.forEach(line -> table.append(line).append('\n'));
        table.append(String.format(Locale.ROOT, "%10.2f %8s  in all", total, ""));
        return new Growth(total, table.toString());
    }

    private Line line(Class<?> type, Footprint before, int things) {
        double count = objects.getClassCounts().count(type) - before.objects.getClassCounts().count(type);
        double bytes = objects.getClassSizes().count(type) - before.objects.getClassSizes().count(type);
        return new Line(type.getTypeName(), count / things, bytes / things);
    }

    private record Line(String type, double count, double bytes) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%10.2f %8.3f  %s", bytes, count, type);
        }
    }
}
