package dev.sluice.runtime.config;

import java.util.Map;

import dev.sluice.runtime.config.model.ConfigPlace;
import org.jspecify.annotations.Nullable;

/** A node as the place of problems with it. Immutable. */
record NodePlace(Node node, ConfigPath path) implements ConfigPlace {
    /** What a key leads to: the value, or where that is absent the nearest node around it. */
    record Target(Location at, ConfigPath path) {
        private Target step(ConfigPath to, @Nullable Node found) {
            return new Target(found == null ? at : found.at(), to);
        }
    }

    /** Follows keys and indices, as in {@code rules[2].deny[0]}. A key may have dots in it: the longest that is there is meant. */
    Target target(@Nullable String key) {
        Target target = new Target(node.at(), path);
        Node here = node;
        for (String rest = key == null ? "" : key; !rest.isEmpty();) {
            int index = index(rest);
            if (index >= 0) {
                here = item(here, index);
                target = target.step(target.path.index(index), here);
                rest = rest.substring(rest.indexOf(']') + 1);
            } else {
                String name = name(here, rest);
                here = here instanceof Node.Mapping mapping ? value(mapping, name) : null;
                target = target.step(target.path.key(name), here);
                rest = rest.substring(name.length());
            }
            rest = rest.startsWith(".") ? rest.substring(1) : rest;
        }
        return target;
    }

    @Override
    public Spot at(@Nullable String key) {
        Target target = target(key);
        Location at = target.at;
        return new Spot(at.source().name(), at.line(), at.column(), target.path.toString(),
                at.source().excerpt(at.line(), at.column()));
    }

    /** The number in the brackets that a text starts with; -1 if it does not. */
    private static int index(String text) {
        int end = text.indexOf(']');
        String digits = text.startsWith("[") && end > 0 ? text.substring(1, end) : "";
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
    }

    private static @Nullable Node item(@Nullable Node node, int index) {
        if (node instanceof Node.Sequence sequence) {
            return index < sequence.items().size() ? sequence.items().get(index) : null;
        }
        // One element may stand without its list.
        return index == 0 ? node : null;
    }

    private static @Nullable Node value(Node.Mapping mapping, String key) {
        Node.Entry entry = mapping.entries().get(key);
        return entry == null ? null : entry.value();
    }

    /** The key that a text starts with; never empty. */
    private static String name(@Nullable Node node, String text) {
        String longest = "";
        if (node instanceof Node.Mapping mapping) {
            for (Map.Entry<String, Node.Entry> entry : mapping.entries().entrySet()) {
                String key = entry.getKey();
                boolean fits = text.startsWith(key)
                        && (text.length() == key.length() || ".[".indexOf(text.charAt(key.length())) >= 0);
                longest = fits && key.length() > longest.length() ? key : longest;
            }
        }
        if (!longest.isEmpty()) {
            return longest;
        }
        int end = 1;
        while (end < text.length() && ".[".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return text.substring(0, end);
    }
}
