package dev.sluice.runtime.shape;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** The form of a record component in a configuration. Created by {@link RecordShapes}. */
public sealed interface Shape {
    /** The value or the record inside of lists, maps and optionals. */
    default Shape content() {
        return this instanceof ListShape list
                ? list.element().content()
                : this instanceof MapShape map
                        ? map.value().content()
                        : this instanceof OptionalShape optional ? optional.inner().content() : this;
    }

    /**
     * A scalar value.
     *
     * @param type of the value in Java
     * @param parse the {@code parse(String)} of the type; null for a known type, or one with a syntax
     * @param syntax the syntax; null = that of the type
     * @param min as it would be written; empty = no bound
     * @param max as it would be written; empty = no bound
     */
    record ScalarShape(Class<?> type, @Nullable Method parse, Syntax.@Nullable Kind syntax, String min,
            String max) implements Shape {}

    /**
     * A list.
     *
     * @param single whether a single element may be written without its list
     * @param notEmpty whether a list that is written must have an element
     * @param required whether the key has to be present
     */
    record ListShape(Shape element, boolean single, boolean notEmpty, boolean required) implements Shape {}

    /** A mapping whose keys the user chooses. */
    record MapShape(Shape value) implements Shape {}

    /**
     * A value that may be absent.
     *
     * @param switchable whether {@code true} may be written for a record with all defaults, and {@code false} for its
     *     absence
     */
    record OptionalShape(Shape inner, boolean switchable) implements Shape {}

    /**
     * A value that the binder supplies.
     *
     * @param key whether it is built from the value of its key
     */
    record GivenShape(Class<?> type, boolean key) implements Shape {}

    /** A type that a configuration cannot express. */
    record DefectShape(String what) implements Shape {}

    /**
     * A component of a record.
     *
     * @param key in the configuration
     * @param defaultText the default, as it would be written; null = none
     * @param description empty = none
     * @param hint text for the message about a missing key; empty = none
     */
    record Component(String key, Shape shape, @Nullable String defaultText, String description, String hint) {
        /** Whether the key has to be present. */
        public boolean required() {
            return defaultText == null && (shape instanceof ScalarShape || shape instanceof RecordShape
                    || (shape instanceof ListShape list && list.required()));
        }

        /** Whether users write this key. */
        public boolean isKey() {
            return !(shape instanceof GivenShape given) || given.key();
        }
    }

    /** A record: a mapping whose keys are its components. A class, because a record may hold lists of its own type. */
    final class RecordShape implements Shape {
        private final Constructor<? extends Record> constructor;
        private final RecordNotes notes;
        private final List<Component> components = new ArrayList<>();
        private final List<String> defects = new ArrayList<>();

        RecordShape(Constructor<? extends Record> constructor, RecordNotes notes) {
            this.constructor = constructor;
            this.notes = notes;
        }

        void add(Component component) {
            components.add(component);
        }

        void addDefect(String what) {
            defects.add(what);
        }

        /** The canonical constructor. */
        public Constructor<? extends Record> constructor() {
            return constructor;
        }

        /** The class of the record. */
        public Class<? extends Record> type() {
            return constructor.getDeclaringClass();
        }

        /** Its components, in order. */
        public List<Component> components() {
            return Collections.unmodifiableList(components);
        }

        /** The keys of which exactly one has to be present; empty = there are none. */
        public List<String> oneOf() {
            return notes.oneOf();
        }

        /** For the message about several of the keys of {@link #oneOf}: what is allowed instead. */
        public String oneOfAllowed() {
            return notes.allowed();
        }

        /** The key whose value may be written in place of the record; empty = there is none. */
        public String shorthand() {
            return notes.shorthand();
        }

        /** The keys of later versions. */
        public List<String> plannedKeys() {
            return notes.plannedKeys();
        }

        RecordNotes notes() {
            return notes;
        }

        List<String> defects() {
            return defects;
        }
    }
}
