package dev.sluice.runtime.shape;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import dev.sluice.api.config.ByteSize;
import dev.sluice.runtime.shape.RecordNotes.ComponentNotes;
import dev.sluice.runtime.shape.RecordNotes.Range;
import dev.sluice.runtime.shape.Shape.Component;
import dev.sluice.runtime.shape.Shape.DefectShape;
import dev.sluice.runtime.shape.Shape.GivenShape;
import dev.sluice.runtime.shape.Shape.ListShape;
import dev.sluice.runtime.shape.Shape.MapShape;
import dev.sluice.runtime.shape.Shape.OptionalShape;
import dev.sluice.runtime.shape.Shape.RecordShape;
import dev.sluice.runtime.shape.Shape.ScalarShape;
import org.jspecify.annotations.Nullable;

/** A factory of {@link Shape}s for record classes. Used by one thread. */
public final class RecordShapes {
    private static final Set<Class<?>> INTEGERS = Set.of(int.class, Integer.class, long.class, Long.class);
    private static final Set<Class<?>> SIMPLE = Set.of(boolean.class, Boolean.class, double.class, Double.class,
            String.class, Duration.class);

    private final Map<Class<?>, RecordShape> records = new HashMap<>();
    private final Map<Class<?>, Boolean> given;
    /** By names of records; the annotations of others are read. */
    private final Map<String, RecordNotes> table;

    private RecordShapes(Map<Class<?>, Boolean> given, Map<String, RecordNotes> table) {
        this.given = given;
        this.table = table;
    }

    /**
     * The shape of a plugin's record and of all its parts. It may have defects.
     *
     * @throws RecordDefectException if it is not a record, or cannot be inspected
     */
    public static RecordShape of(Class<?> type) throws RecordDefectException {
        if (!type.isRecord()) {
            throw new RecordDefectException(type.getName() + " is not a record");
        }
        try {
            return new RecordShapes(Map.of(), Map.of()).record(type.asSubclass(Record.class));
        } catch (LinkageError | TypeNotPresentException e) {
            throw new RecordDefectException("its record " + type.getName() + " cannot be inspected: " + e);
        }
    }

    /**
     * The shape of a record of the proxy itself, in which a list of records is always written as a list.
     *
     * @param given types of components that the binder supplies; true = they are built from the value of their key
     */
    public static RecordShape own(Class<? extends Record> type, Map<Class<?>, Boolean> given) {
        return new RecordShapes(given, NotesTable.ofBuild()).record(type);
    }

    /**
     * Writes the annotations of a record of the proxy itself, and of all it consists of, for {@link #own}. Called by the build.
     *
     * @throws IOException if the stream cannot take them
     */
    public static void writeTable(Class<? extends Record> type, Map<Class<?>, Boolean> given, OutputStream to)
            throws IOException {
        NotesTable.write(notes(type, given), to);
    }

    /** The annotations of a record and of all it consists of, by names of records in alphabetical order. */
    static Map<String, RecordNotes> notes(Class<? extends Record> type, Map<Class<?>, Boolean> given) {
        RecordShapes shapes = new RecordShapes(given, Map.of());
        shapes.record(type);
        Map<String, RecordNotes> notes = new TreeMap<>();
        shapes.records.forEach((record, shape) -> notes.put(record.getName(), shape.notes()));
        return notes;
    }

    /**
     * Makes sure that a record has no defect.
     *
     * @throws RecordDefectException with the first defect
     */
    public static void check(RecordShape record) throws RecordDefectException {
        check(record, new HashSet<>());
    }

    private static void check(Shape shape, Set<Shape> checked) throws RecordDefectException {
        switch (shape) {
            case ListShape list -> check(list.element(), checked);
            case MapShape map -> check(map.value(), checked);
            case OptionalShape optional -> check(optional.inner(), checked);
            case DefectShape(String what) -> throw new RecordDefectException(what);
            case RecordShape record when checked.add(record) -> {
                for (String defect : record.defects()) {
                    throw new RecordDefectException(defect);
                }
                for (Component component : record.components()) {
                    check(component.shape(), checked);
                }
            }
            case RecordShape _,ScalarShape _,GivenShape _ -> {
            }
        }
    }

    private RecordShape record(Class<? extends Record> type) {
        RecordShape known = records.get(type);
        if (known != null) {
            return known;
        }
        RecordComponent[] components = type.getRecordComponents();
        RecordNotes tabled = table.get(type.getName());
        RecordNotes notes = tabled == null ? RecordNotes.of(type) : tabled;
        RecordShape record = new RecordShape(constructor(type, components), notes);
        records.put(type, record);
        String unreachable = reach(record.constructor(), type, "its record " + type.getName());
        if (unreachable != null) {
            record.addDefect(unreachable);
        }
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < components.length; i++) {
            Component described = component(components[i], notes.components().get(i));
            record.add(described);
            if (!keys.add(described.key())) {
                record.addDefect("two components of its record " + type.getName() + " have the key '" + described.key()
                        + "'");
            }
        }
        return record;
    }

    private Component component(RecordComponent component, ComponentNotes notes) {
        return new Component(notes.key(), shape(component, notes, component.getGenericType()), notes.defaultText(),
                notes.description(), notes.hint());
    }

    private static Constructor<? extends Record> constructor(Class<? extends Record> type,
            RecordComponent[] components) {
        Class<?>[] parameters = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(parameters);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has its canonical constructor", e);
        }
    }

    /** The reason why a member cannot be called; null if it can. */
    private static @Nullable String reach(AccessibleObject member, Class<?> type, String what) {
        String here = type.getPackageName();
        return member.trySetAccessible()
                ? null
                : what + " is not accessible: the module " + type.getModule().getName() + " has to declare 'exports "
                        + here
                        + ";', and the type to be public, or 'opens " + here + " to dev.sluice.runtime;'";
    }

    private Shape shape(RecordComponent component, ComponentNotes notes, Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            // Not a list of lists: a single element may be written without its list.
            if (generic.getRawType() == List.class) {
                Shape shape = arguments[0] instanceof Class<?> element
                        ? plain(component, notes, element)
                        : unsupported(component, type);
                return new ListShape(shape, given.isEmpty() || shape instanceof ScalarShape, notes.notEmpty(),
                        notes.required());
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                return new MapShape(shape(component, notes, arguments[1]));
            }
            if (generic.getRawType() == Optional.class && !isOptional(arguments[0])) {
                return optional(component, notes, shape(component, notes, arguments[0]));
            }
            if (generic.getRawType() instanceof Class<?> raw && given.containsKey(raw)) {
                return new GivenShape(raw, Boolean.TRUE.equals(given.get(raw)));
            }
        }
        return type instanceof Class<?> plain ? plain(component, notes, plain) : unsupported(component, type);
    }

    private static boolean isOptional(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    }

    private static Shape optional(RecordComponent component, ComponentNotes notes, Shape content) {
        return notes.switchable() && !(content instanceof RecordShape)
                ? new DefectShape(which(component) + " is marked ConfigSwitch, but its type is not a record")
                : new OptionalShape(content, notes.switchable());
    }

    private Shape plain(RecordComponent component, ComponentNotes notes, Class<?> type) {
        Range range = notes.range();
        Syntax.Kind syntax = notes.syntax();
        boolean bounded = INTEGERS.contains(type) || type == Duration.class
                || (type == ByteSize.class && range != null);
        Boolean givenKey = given.get(type);
        if (givenKey != null) {
            return new GivenShape(type, givenKey);
        }
        if (range != null && !bounded) {
            return new DefectShape(which(component) + " has a range, but the type " + type.getName());
        }
        Method parse = parse(type);
        if (syntax != null || bounded || SIMPLE.contains(type) || (type.isEnum() && parse == null)) {
            return new ScalarShape(type, null, syntax, range == null ? "" : range.min(),
                    range == null ? "" : range.max());
        }
        if (parse != null) {
            String unreachable = reach(parse, type, "the type " + type.getName() + " of " + which(component));
            return unreachable == null ? new ScalarShape(type, parse, null, "", "") : new DefectShape(unreachable);
        }
        return type.isRecord() ? record(type.asSubclass(Record.class)) : unsupported(component, type);
    }

    private static @Nullable Method parse(Class<?> type) {
        try {
            Method parse = type.getMethod("parse", String.class);
            boolean fits = Modifier.isStatic(parse.getModifiers()) && type.isAssignableFrom(parse.getReturnType());
            return fits ? parse : null;
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static Shape unsupported(RecordComponent component, Type type) {
        return new DefectShape(which(component) + " has the type " + type.getTypeName()
                + ", which a configuration cannot express; the package dev.sluice.api.config lists the types that it can");
    }

    private static String which(RecordComponent component) {
        return "the component '" + component.getName() + "' of its record " + component.getDeclaringRecord().getName();
    }
}
