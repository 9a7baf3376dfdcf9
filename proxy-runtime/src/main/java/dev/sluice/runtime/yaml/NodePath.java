package dev.sluice.runtime.yaml;

import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/** The path of a node, as in {@code listeners[0].timeouts.idle}. Costs one object per step until it is shown. */
public final class NodePath {
    /** The top level. */
    public static final NodePath ROOT = new NodePath(null, "");

    private final @Nullable NodePath parent;
    private final String step;

    private NodePath(@Nullable NodePath parent, String step) {
        this.parent = parent;
        this.step = step;
    }

    /** The path of a key below this. */
    public NodePath key(String key) {
        return new NodePath(this, key);
    }

    /** The path of an element below this. */
    public NodePath index(int index) {
        return new NodePath(this, "[" + index + "]");
    }

    @Override
    public String toString() {
        if (parent == null) {
            return "";
        }
        String before = parent.toString();
        String shown = step.length() > 64 ? step.substring(0, 64) + "…" : step;
        return before + (before.isEmpty() || shown.startsWith("[") ? "" : ".") + Printable.of(shown);
    }
}
