package dev.sluice.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.ReflectionSupport;

/** The fields with {@link Endpoint} of a test, which are read when its proxy starts. */
final class EndpointFields {
    private EndpointFields() {}

    /**
     * Reads the fields of the classes of a test.
     *
     * @param classes the outermost one first
     * @param instances of those that there are
     * @return the addresses by cluster
     */
    static Map<String, List<SocketAddress>> read(List<Class<?>> classes, List<Object> instances) {
        Map<String, List<SocketAddress>> found = new LinkedHashMap<>();
        for (Class<?> each : classes) {
            Object instance = instances.stream().filter(each::isInstance).findFirst().orElse(null);
            for (Field field : fields(each)) {
                Endpoint endpoint = field.getAnnotation(Endpoint.class);
                if (endpoint != null) {
                    found.computeIfAbsent(endpoint.value(), _ -> new ArrayList<>()).addAll(addresses(field, instance));
                }
            }
        }
        return found;
    }

    /** The fields of a class, those of its superclasses first, each class's in the order of their declaration. */
    private static List<Field> fields(Class<?> type) {
        List<Field> fields = type.getSuperclass() == null
                ? new ArrayList<>()
                : new ArrayList<>(fields(type.getSuperclass()));
        fields.addAll(List.of(type.getDeclaredFields()));
        return fields;
    }

    private static List<SocketAddress> addresses(Field field, @Nullable Object instance) {
        String name = "@Endpoint " + field.getDeclaringClass().getSimpleName() + "." + field.getName();
        if (!Modifier.isStatic(field.getModifiers()) && instance == null) {
            throw new ExtensionConfigurationException(name + " is a field of instances, and the proxy serves the whole"
                    + " class; allowed: a static field, lifecycle = PER_METHOD, or @TestInstance(PER_CLASS)");
        }
        Object value;
        try {
            value = ReflectionSupport.tryToReadFieldValue(field, instance).get();
        } catch (Exception e) {
            throw new ExtensionConfigurationException(name + " cannot be read: " + e.getMessage(), e);
        }
        if (value == null) {
            throw new ExtensionConfigurationException(
                    name + " is null when the proxy starts; give it its value where it"
                            + " is declared, or in @BeforeAll");
        }
        try {
            return ServerAddress.all(value);
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException(name + ": " + e.getMessage(), e);
        }
    }
}
