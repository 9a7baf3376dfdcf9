package dev.sluice.runtime.config;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** What a {@link KeyLog} hears, as a tree of keys. Used by one thread. */
final class KeyTree implements KeyLog {
    /** A key; what was asked for in several ways may be written in several ways. */
    static final class Key {
        private final Map<String, Key> children = new LinkedHashMap<>();
        private @Nullable Form form;
        private boolean many;
        private boolean section;
        private int min = -1;
        private boolean required;
        private @Nullable Object defaultValue;

        /** The keys below it, in the order in which they were asked for. */
        Map<String, Key> children() {
            return children;
        }

        /** Of the scalar that it may be; null if it may not. */
        @Nullable
        Form form() {
            return form;
        }

        /** Whether it may be a list of such scalars. */
        boolean isMany() {
            return many;
        }

        /** Whether it may be a mapping. */
        boolean isSection() {
            return section;
        }

        /** How many mappings there must be in the list that it is; -1 if it may not be one. */
        int min() {
            return min;
        }

        boolean isRequired() {
            return required;
        }

        /** What stands for it; null = nothing does, or nothing that could be written. */
        @Nullable
        Object defaultValue() {
            return defaultValue;
        }
    }

    private final Key root = new Key();

    Key root() {
        return root;
    }

    private Key key(ConfigPath path) {
        Key key = root;
        for (String step : path.toString().replaceAll("\\[[0-9]+]", "").split("\\.", -1)) {
            key = key.children.computeIfAbsent(step, name -> new Key());
        }
        return key;
    }

    @Override
    public void scalar(ConfigPath path, Form form) {
        key(path).form = form;
    }

    @Override
    public void oneOrMany(ConfigPath path, Form form) {
        Key key = key(path);
        key.form = form;
        key.many = true;
    }

    @Override
    public void section(ConfigPath path) {
        key(path).section = true;
    }

    @Override
    public void sections(ConfigPath path, int min) {
        key(path).min = min;
    }

    @Override
    public void required(ConfigPath path) {
        key(path).required = true;
    }

    @Override
    public void defaultValue(ConfigPath path, Object value) {
        key(path).defaultValue = value;
    }
}
