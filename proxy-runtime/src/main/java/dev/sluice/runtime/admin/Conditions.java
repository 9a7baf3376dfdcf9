package dev.sluice.runtime.admin;

import java.util.List;

import dev.sluice.runtime.observe.ClusterView;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.selection.SelectionException;
import dev.sluice.runtime.selection.SelectionParser;
import dev.sluice.runtime.selection.Units;

/**
 * A reader of the conditions on connections in requests. A name that no listener or cluster has is refused: its opposite would be met by
 * every connection. Any thread.
 */
final class Conditions {
    /** The name of the parameter. */
    static final String WHERE = "where";

    private final ProxyView view;
    private final Units units;

    Conditions(ProxyView view, Units units) {
        this.view = view;
        this.units = units;
    }

    /** The condition that a text stands for. */
    Selection read(String text) {
        Selection condition;
        try {
            condition = SelectionParser.parse(text, units);
        } catch (SelectionException e) {
            throw new BadRequestException(WHERE + ", " + e.getMessage());
        }
        // Connections of an older configuration may have names that there are no longer.
        if (view.generationsAlive() == 1) {
            check(condition, Fact.LISTENER, view.listeners().stream().map(ListenerView::name).toList());
            check(condition, Fact.CLUSTER, view.clusters().stream().map(ClusterView::name).toList());
        }
        return condition;
    }

    private static void check(Selection condition, Fact fact, List<String> names) {
        for (String name : wholes(condition, fact)) {
            if (!names.contains(name)) {
                throw new BadRequestException(WHERE + ": there is no " + fact.label() + " \"" + name + "\"; there are: "
                        + String.join(", ", names));
            }
        }
    }

    /** The texts that a condition compares a fact with, in whole: those without a star. */
    private static List<String> wholes(Selection condition, Fact fact) {
        return switch (condition) {
            case Selection.Junction junction ->
                junction.parts().stream().flatMap(part -> wholes(part, fact).stream()).toList();
            case Selection.Opposite opposite -> wholes(opposite.of(), fact);
            case Selection.Texts texts -> texts.fact() != fact
                    ? List.of()
                    : texts.patterns().stream().filter(pattern -> !pattern.anyBefore() && !pattern.anyBehind())
                            .map(Selection.TextPattern::fixed).filter(text -> !text.isEmpty()).toList();
            case Selection.Numbers numbers -> List.of();
            case Selection.Addresses addresses -> List.of();
        };
    }
}
