package dev.sluice.runtime.shape;

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

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.api.config.ConfigSwitch;
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

    private RecordShapes(Map<Class<?>, Boolean> given) {
        this.given = given;
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
            return new RecordShapes(Map.of()).record(type.asSubclass(Record.class));
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
        return new RecordShapes(given).record(type);
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
        RecordShape record = new RecordShape(constructor(type, components));
        records.put(type, record);
        String unreachable = reach(record.constructor(), type, "its record " + type.getName());
        if (unreachable != null) {
            record.addDefect(unreachable);
        }
        Set<String> keys = new HashSet<>();
        for (RecordComponent component : components) {
            Component described = component(component);
            record.add(described);
            if (!keys.add(described.key())) {
                record.addDefect("two components of its record " + type.getName() + " have the key '" + described.key()
                        + "'");
            }
        }
        return record;
    }

    private Component component(RecordComponent component) {
        ConfigKey key = component.getAnnotation(ConfigKey.class);
        ConfigDefault defaultText = component.getAnnotation(ConfigDefault.class);
        ConfigDescription description = component.getAnnotation(ConfigDescription.class);
        return new Component(key == null ? component.getName() : key.value(),
                shape(component, component.getGenericType()), defaultText == null ? null : defaultText.value(),
                description == null ? "" : description.value(), description == null ? "" : description.hint());
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

    private Shape shape(RecordComponent component, Type type) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            // Not a list of lists: a single element may be written without its list.
            if (generic.getRawType() == List.class) {
                ConfigNotEmpty notEmpty = component.getAnnotation(ConfigNotEmpty.class);
                Shape shape = arguments[0] instanceof Class<?> element
                        ? plain(component, element)
                        : unsupported(component, type);
                return new ListShape(shape, given.isEmpty() || shape instanceof ScalarShape, notEmpty != null,
                        notEmpty != null && notEmpty.required());
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                return new MapShape(shape(component, arguments[1]));
            }
            if (generic.getRawType() == Optional.class && !isOptional(arguments[0])) {
                return optional(component, shape(component, arguments[0]));
            }
            if (generic.getRawType() instanceof Class<?> raw && given.containsKey(raw)) {
                return new GivenShape(raw, Boolean.TRUE.equals(given.get(raw)));
            }
        }
        return type instanceof Class<?> plain ? plain(component, plain) : unsupported(component, type);
    }

    private static boolean isOptional(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    }

    private static Shape optional(RecordComponent component, Shape content) {
        boolean switchable = component.isAnnotationPresent(ConfigSwitch.class);
        return switchable && !(content instanceof RecordShape)
                ? new DefectShape(which(component) + " is marked ConfigSwitch, but its type is not a record")
                : new OptionalShape(content, switchable);
    }

    private Shape plain(RecordComponent component, Class<?> type) {
        ConfigRange range = component.getAnnotation(ConfigRange.class);
        Syntax syntax = component.getAnnotation(Syntax.class);
        boolean bounded = INTEGERS.contains(type) || type == Duration.class
                || (type == ByteSize.class && range != null);
        Boolean givenKey = given.get(type);
        if (givenKey != null) {
            return new GivenShape(type, givenKey);
        }
        if (range != null && !bounded) {
            return new DefectShape(which(component) + " has a range, but the type " + type.getName());
        }
        if (syntax != null || bounded || SIMPLE.contains(type) || type.isEnum()) {
            return new ScalarShape(type, null, syntax == null ? null : syntax.value(), range == null ? "" : range.min(),
                    range == null ? "" : range.max());
        }
        Method parse = parse(type);
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
