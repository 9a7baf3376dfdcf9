package dev.sluice.runtime.config;

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

import dev.sluice.api.FilterProvider;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.config.ScalarParser.Good;
import org.jspecify.annotations.Nullable;

/** Looks at the classes of records, and makes {@link Shape}s of them. Used by one thread. */
final class RecordShapes {
    private static final Map<Class<?>, Shape> SIMPLE = Map.ofEntries(
            Map.entry(boolean.class, new Shape.Value(Scalars.flag())),
            Map.entry(Boolean.class, new Shape.Value(Scalars.flag())),
            Map.entry(int.class, new Shape.Value(Scalars.integer(Integer.MIN_VALUE, Integer.MAX_VALUE))),
            Map.entry(Integer.class, new Shape.Value(Scalars.integer(Integer.MIN_VALUE, Integer.MAX_VALUE))),
            Map.entry(long.class, new Shape.Value(Scalars.whole(Long.MIN_VALUE, Long.MAX_VALUE))),
            Map.entry(Long.class, new Shape.Value(Scalars.whole(Long.MIN_VALUE, Long.MAX_VALUE))),
            Map.entry(double.class, new Shape.Value(Scalars.decimal())),
            Map.entry(Double.class, new Shape.Value(Scalars.decimal())),
            Map.entry(String.class, new Shape.Value(input -> new Good<>(input.text()))),
            Map.entry(Duration.class, new Shape.Value(Quantities.duration(Duration.ZERO, Duration.ofDays(365)))));
    /** What is known about the texts that a {@code parse} takes. */
    private static final Map<Class<?>, Form> FORMS = Map.of(ByteSize.class, Form.SIZE, Rate.class, Form.RATE,
            Cidr.class, Form.CIDR, IpAddress.class, Form.IP);

    private final Map<Class<?>, Shape.Group> groups = new HashMap<>();

    private RecordShapes() {}

    /**
     * The shape of a provider's record and of all it consists of.
     *
     * @throws RecordDefect if it has what {@link dev.sluice.api.config} does not know, or is out of reach
     */
    static Shape.Group of(FilterProvider<?> provider) throws RecordDefect {
        Class<?> type;
        try {
            type = provider.configType();
        } catch (RuntimeException | LinkageError e) {
            throw new RecordDefect(provider.getClass().getName() + ".configType() failed: " + e);
        }
        return of(type);
    }

    /** The shape of a record and of all it consists of. */
    static Shape.Group of(Class<?> type) throws RecordDefect {
        if (!type.isRecord()) {
            throw new RecordDefect(type.getName() + " is not a record");
        }
        try {
            return new RecordShapes().group(type.asSubclass(Record.class));
        } catch (LinkageError | TypeNotPresentException e) {
            throw new RecordDefect("its record " + type.getName() + " cannot be looked at: " + e);
        }
    }

    private Shape.Group group(Class<? extends Record> type) throws RecordDefect {
        Shape.Group known = groups.get(type);
        if (known != null) {
            return known;
        }
        RecordComponent[] components = type.getRecordComponents();
        Shape.Group group = new Shape.Group(constructor(type, components));
        groups.put(type, group);
        Set<String> keys = new HashSet<>();
        for (RecordComponent component : components) {
            Shape.Component described = component(component);
            if (!keys.add(described.key())) {
                throw new RecordDefect("two components of its record " + type.getName() + " have the key '"
                        + described.key() + "'");
            }
            group.add(described);
        }
        return group;
    }

    private Shape.Component component(RecordComponent component) throws RecordDefect {
        ConfigKey key = component.getAnnotation(ConfigKey.class);
        ConfigDefault defaultText = component.getAnnotation(ConfigDefault.class);
        ConfigDescription description = component.getAnnotation(ConfigDescription.class);
        String which = "the component '" + component.getName() + "' of its record "
                + component.getDeclaringRecord().getName();
        return new Shape.Component(key == null ? component.getName() : key.value(),
                shape(component.getGenericType(), which),
                defaultText == null ? null : defaultValue(defaultText.value(), which),
                description == null ? null : description.value());
    }

    private static Constructor<? extends Record> constructor(Class<? extends Record> type,
            RecordComponent[] components) throws RecordDefect {
        Class<?>[] parameters = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<? extends Record> constructor = type.getDeclaredConstructor(parameters);
            reach(constructor, type, "its record " + type.getName());
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has its canonical constructor", e);
        }
    }

    private static void reach(AccessibleObject member, Class<?> type, String what) throws RecordDefect {
        if (!member.trySetAccessible()) {
            String here = type.getPackageName();
            throw new RecordDefect(what + " is out of reach: the module " + type.getModule().getName()
                    + " has to say 'exports " + here + ";', and the type to be public, or 'opens " + here
                    + " to dev.sluice.runtime;'");
        }
    }

    private Shape shape(Type type, String which) throws RecordDefect {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            // Not a list of lists: one element may stand without its list.
            if (generic.getRawType() == List.class && arguments[0] instanceof Class<?> element) {
                return new Shape.Many(plain(element, which));
            }
            if (generic.getRawType() == Map.class && arguments[0] == String.class) {
                return new Shape.Named(shape(arguments[1], which));
            }
            if (generic.getRawType() == Optional.class && !isOptional(arguments[0])) {
                return new Shape.Maybe(shape(arguments[0], which));
            }
        }
        if (type instanceof Class<?> plain) {
            return plain(plain, which);
        }
        throw unsupported(type, which);
    }

    private static boolean isOptional(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    }

    private Shape plain(Class<?> type, String which) throws RecordDefect {
        Shape simple = SIMPLE.get(type);
        if (simple != null) {
            return simple;
        }
        if (type.isEnum()) {
            return new Shape.Value(Scalars.choice((Enum<?>[]) type.getEnumConstants()));
        }
        Method parse = parse(type);
        if (parse != null) {
            reach(parse, type, "the type " + type.getName() + " of " + which);
            return new Shape.Value(ScalarParser.of(FORMS.getOrDefault(type, Form.TEXT),
                    input -> PluginCode.parse(parse, input)));
        }
        if (type.isRecord()) {
            return group(type.asSubclass(Record.class));
        }
        throw unsupported(type, which);
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

    private static RecordDefect unsupported(Type type, String which) {
        return new RecordDefect(which + " has the type " + type.getTypeName()
                + ", which has no form in a configuration; the package dev.sluice.api.config lists those that do");
    }

    /** Read as the configuration itself, so that a default is nothing that a user could not have written. */
    private static Node defaultValue(String text, String which) throws RecordDefect {
        Problems problems = new Problems();
        Node node = YamlReader.read(new SourceText("default", 0, text), problems, new YamlReader.Budget());
        if (node == null) {
            throw new RecordDefect("the default of " + which + " is not YAML: " + Texts.quote(text));
        }
        return node;
    }
}
