package dev.sluice.runtime.config;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a component of a filter's record is in a configuration, as {@link dev.sluice.api.config} says it. Made by {@link RecordShapes}; read into by
 * {@link RecordBinder}; shown to editors by {@link JsonSchema}.
 */
sealed interface Shape {
    /** A scalar. */
    record Value(ScalarParser<?> parser) implements Shape {}

    /** A list, or one element without a list. */
    record Many(Shape element) implements Shape {}

    /** A mapping whose keys the user chooses. */
    record Named(Shape value) implements Shape {}

    /** What may be absent. */
    record Maybe(Shape content) implements Shape {}

    /**
     * A component of a record.
     *
     * @param key in the configuration
     * @param defaultValue what stands for it when it is absent; null = nothing does
     * @param description null = none
     */
    record Component(String key, Shape shape, @Nullable Node defaultValue, @Nullable String description) {
        /** Whether the key has to be there. */
        boolean required() {
            return defaultValue == null && (shape instanceof Value || shape instanceof Group);
        }
    }

    /** A record: a mapping whose keys are its components. A class, because a record may hold lists of its own kind. */
    final class Group implements Shape {
        private final Constructor<? extends Record> constructor;
        private final List<Component> components = new ArrayList<>();

        Group(Constructor<? extends Record> constructor) {
            this.constructor = constructor;
        }

        /** Only while the shape is made. */
        void add(Component component) {
            components.add(component);
        }

        Constructor<? extends Record> constructor() {
            return constructor;
        }

        Class<? extends Record> type() {
            return constructor.getDeclaringClass();
        }

        List<Component> components() {
            return Collections.unmodifiableList(components);
        }
    }
}
