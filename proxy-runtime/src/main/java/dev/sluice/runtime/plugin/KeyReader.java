package dev.sluice.runtime.plugin;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.Rate;
import org.jspecify.annotations.Nullable;

/** Describes the record of a filter's configuration, by the rules of {@link dev.sluice.api.config}. One thread. */
final class KeyReader {
    private static final Map<Class<?>, String> WORDS = Map.ofEntries(
            Map.entry(boolean.class, "true | false"), Map.entry(Boolean.class, "true | false"),
            Map.entry(int.class, "integer"), Map.entry(Integer.class, "integer"),
            Map.entry(long.class, "integer"), Map.entry(Long.class, "integer"),
            Map.entry(double.class, "number"), Map.entry(Double.class, "number"),
            Map.entry(String.class, "text"), Map.entry(Duration.class, "duration"),
            Map.entry(ByteSize.class, "size"), Map.entry(Rate.class, "rate"));

    private final List<KeyInfo> keys = new ArrayList<>();
    /** Those around the one that is looked at: a record may hold a list of its own kind. */
    private final Set<Class<?>> around = new HashSet<>();

    private KeyReader() {}

    /** The keys of a record, those of records inside behind the key that holds them. */
    static List<KeyInfo> of(Class<? extends Record> config) {
        KeyReader reader = new KeyReader();
        reader.record("", config);
        return List.copyOf(reader.keys);
    }

    private void record(String prefix, Class<?> record) {
        if (around.add(record)) {
            for (RecordComponent component : record.getRecordComponents()) {
                component(prefix, component);
            }
            around.remove(record);
        }
    }

    private void component(String prefix, RecordComponent component) {
        ConfigKey key = component.getAnnotation(ConfigKey.class);
        ConfigDefault defaultValue = component.getAnnotation(ConfigDefault.class);
        ConfigDescription description = component.getAnnotation(ConfigDescription.class);
        Type type = component.getGenericType();
        boolean mayBeAbsent = defaultValue != null || List.of(Optional.class, List.class, Map.class)
                .contains(component.getType());
        String path = prefix + Sentences.plain(key == null ? component.getName() : key.value());
        keys.add(new KeyInfo(path, words(type), defaultValue == null ? null : Sentences.plain(defaultValue.value()),
                !mayBeAbsent, description == null ? "" : Sentences.plain(description.value())));
        inside(path, type);
    }

    /** Goes on with the record that a type leads to, if it does. */
    private void inside(String path, Type type) {
        Type content = content(type);
        if (content != null) {
            inside(path + (raw(type) == List.class ? "[]" : raw(type) == Map.class ? ".*" : ""), content);
        } else if (raw(type).isRecord() && !isText(raw(type))) {
            record(path + ".", raw(type));
        }
    }

    private static String words(Type type) {
        Class<?> raw = raw(type);
        Type content = content(type);
        if (content != null) {
            return raw == Optional.class
                    ? words(content)
                    : (raw == List.class ? "list of " : "map of ") + words(content);
        }
        String word = WORDS.get(raw);
        if (word != null) {
            return word;
        }
        if (raw.isEnum()) {
            return Arrays.stream(raw.getEnumConstants()).map(constant -> written((Enum<?>) constant))
                    .collect(Collectors.joining(" | "));
        }
        return isText(raw) ? raw.getSimpleName() : "mapping";
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it is read by a {@code parse} of its own. */
    private static boolean isText(Class<?> type) {
        try {
            type.getMethod("parse", String.class);
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    /** What is in a list, a map or an optional; null if it is none of these. */
    private static @Nullable Type content(Type type) {
        if (!(type instanceof ParameterizedType parameterized)
                || !List.of(Optional.class, List.class, Map.class).contains(raw(type))) {
            return null;
        }
        Type[] arguments = parameterized.getActualTypeArguments();
        return arguments[arguments.length - 1];
    }

    private static Class<?> raw(Type type) {
        return switch (type) {
            case Class<?> itself -> itself;
            case ParameterizedType parameterized -> (Class<?>) parameterized.getRawType();
            // A type variable or a wildcard: whoever binds the record will refuse it, and say why.
            default -> Object.class;
        };
    }
}
