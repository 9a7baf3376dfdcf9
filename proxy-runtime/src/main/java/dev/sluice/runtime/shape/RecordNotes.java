package dev.sluice.runtime.shape;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.ConfigNotEmpty;
import dev.sluice.api.config.ConfigOneOf;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.api.config.ConfigSwitch;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of a record of the configuration and of its components, as values.
 *
 * @param oneOf the keys of which exactly one has to be there; empty = there are none
 * @param allowed for the message about several of those keys
 * @param plannedKeys the keys of later versions
 * @param shorthand the key whose value may be written in place of the record; empty = there is none
 * @param components one for each component, in order
 */
record RecordNotes(List<String> oneOf, String allowed, List<String> plannedKeys, String shorthand,
        List<ComponentNotes> components) {
    /**
     * The annotations of one component.
     *
     * @param name of the component
     * @param key in the configuration
     * @param defaultText null = none
     * @param range null = none
     * @param description empty = none
     * @param hint empty = none
     * @param notEmpty whether a list that is written has an element
     * @param required whether the list has to be there
     * @param switchable whether {@code true} and {@code false} may stand for the record
     * @param syntax null = that of the type
     */
    record ComponentNotes(String name, String key, @Nullable String defaultText, @Nullable Range range,
            String description, String hint, boolean notEmpty, boolean required, boolean switchable,
            Syntax.@Nullable Kind syntax) {}

    /**
     * The bounds of a value.
     *
     * @param min as it would be written; empty = no bound
     * @param max as it would be written; empty = no bound
     */
    record Range(String min, String max) {}

    /** Reads the annotations by reflection. The JVM writes a class for each kind of annotation when it meets the first one. */
    static RecordNotes of(Class<? extends Record> type) {
        ConfigOneOf oneOf = type.getAnnotation(ConfigOneOf.class);
        PlannedKeys planned = type.getAnnotation(PlannedKeys.class);
        Shorthand shorthand = type.getAnnotation(Shorthand.class);
        List<ComponentNotes> components = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            components.add(component(component));
        }
        return new RecordNotes(oneOf == null ? List.of() : List.of(oneOf.value()), oneOf == null ? "" : oneOf.allowed(),
                planned == null ? List.of() : List.of(planned.value()),
                shorthand == null ? "" : shorthand.value(), List.copyOf(components));
    }

    private static ComponentNotes component(RecordComponent component) {
        ConfigKey key = component.getAnnotation(ConfigKey.class);
        ConfigDefault defaultText = component.getAnnotation(ConfigDefault.class);
        ConfigRange range = component.getAnnotation(ConfigRange.class);
        ConfigDescription description = component.getAnnotation(ConfigDescription.class);
        ConfigNotEmpty notEmpty = component.getAnnotation(ConfigNotEmpty.class);
        Syntax syntax = component.getAnnotation(Syntax.class);
        return new ComponentNotes(component.getName(), key == null ? component.getName() : key.value(),
                defaultText == null ? null : defaultText.value(),
                range == null ? null : new Range(range.min(), range.max()),
                description == null ? "" : description.value(), description == null ? "" : description.hint(),
                notEmpty != null, notEmpty != null && notEmpty.required(),
                component.isAnnotationPresent(ConfigSwitch.class), syntax == null ? null : syntax.value());
    }
}
