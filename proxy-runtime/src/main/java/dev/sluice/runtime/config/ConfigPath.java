package dev.sluice.runtime.config;

import org.jspecify.annotations.Nullable;

/** The keys that lead to a node, as in {@code listeners[0].timeouts.idle}. Costs one object per step until it is shown. */
final class ConfigPath {
    static final ConfigPath ROOT = new ConfigPath(null, "");

    private final @Nullable ConfigPath parent;
    private final String step;

    private ConfigPath(@Nullable ConfigPath parent, String step) {
        this.parent = parent;
        this.step = step;
    }

    ConfigPath key(String key) {
        return new ConfigPath(this, key);
    }

    ConfigPath index(int index) {
        return new ConfigPath(this, "[" + index + "]");
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
