package dev.sluice.runtime.plugin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.shape.RecordDefectException;
import dev.sluice.runtime.shape.RecordShapes;
import dev.sluice.runtime.shape.Shape;
import dev.sluice.runtime.shape.Shape.DefectShape;
import dev.sluice.runtime.shape.Shape.GivenShape;
import dev.sluice.runtime.shape.Shape.ListShape;
import dev.sluice.runtime.shape.Shape.MapShape;
import dev.sluice.runtime.shape.Shape.OptionalShape;
import dev.sluice.runtime.shape.Shape.RecordShape;
import dev.sluice.runtime.shape.Shape.ScalarShape;

/** A reader of the keys of a filter's record, which describes them for people. One thread. */
final class KeyReader {
    private static final Map<Class<?>, String> WORDS = Map.ofEntries(
            Map.entry(boolean.class, "true | false"), Map.entry(Boolean.class, "true | false"),
            Map.entry(int.class, "integer"), Map.entry(Integer.class, "integer"),
            Map.entry(long.class, "integer"), Map.entry(Long.class, "integer"),
            Map.entry(double.class, "number"), Map.entry(Double.class, "number"),
            Map.entry(String.class, "text"), Map.entry(Duration.class, "duration"),
            Map.entry(ByteSize.class, "size"), Map.entry(Rate.class, "rate"), Map.entry(Cidr.class, "CIDR"));

    private final List<KeyInfo> keys = new ArrayList<>();
    /** The records around the current one, because a record may hold a list of its own type. */
    private final Set<RecordShape> around = new HashSet<>();

    private KeyReader() {}

    /**
     * The keys of a record, those of inner records after the key that holds them; none if the record cannot be
     * inspected.
     */
    static List<KeyInfo> of(Class<? extends Record> config) {
        KeyReader reader = new KeyReader();
        try {
            reader.record("", RecordShapes.of(config));
        } catch (RecordDefectException e) {
            // The binding of a configuration to it reports the defect.
            return List.of();
        }
        return List.copyOf(reader.keys);
    }

    private void record(String prefix, RecordShape record) {
        if (around.add(record)) {
            for (Shape.Component component : record.components()) {
                String path = prefix + Sentences.plain(component.key());
                String defaultText = component.defaultText();
                boolean required = component.required() || component.shape() instanceof DefectShape;
                keys.add(new KeyInfo(path, words(component.shape()),
                        defaultText == null ? null : Sentences.plain(defaultText), required && defaultText == null,
                        Sentences.plain(component.description())));
                inside(path, component.shape());
            }
            around.remove(record);
        }
    }

    /** Goes on with the record inside a shape, if there is one. */
    private void inside(String path, Shape shape) {
        switch (shape) {
            case ListShape list -> inside(path + "[]", list.element());
            case MapShape map -> inside(path + ".*", map.value());
            case OptionalShape optional -> inside(path, optional.inner());
            case RecordShape record -> record(path + ".", record);
            case ScalarShape _,GivenShape _,DefectShape _ -> {
            }
        }
    }

    private static String words(Shape shape) {
        return switch (shape) {
            case ListShape list -> "list of " + words(list.element());
            case MapShape map -> "map of " + words(map.value());
            case OptionalShape optional -> (optional.switchable() ? "true | false | " : "") + words(optional.inner());
            case ScalarShape scalar -> words(scalar);
            case RecordShape _,GivenShape _,DefectShape _ -> "mapping";
        };
    }

    private static String words(ScalarShape scalar) {
        Class<?> type = scalar.type();
        String word = WORDS.getOrDefault(type, type.getSimpleName());
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants()).map(constant -> written((Enum<?>) constant))
                    .collect(Collectors.joining(" | "));
        }
        String from = scalar.min().isEmpty() ? "" : " from " + scalar.min();
        return word + from + (scalar.max().isEmpty() ? "" : " to " + scalar.max());
    }

    private static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
