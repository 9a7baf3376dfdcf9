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

/**
 * The fields with {@link Endpoint} of a test, as they are when its proxy starts.
 *
 * @param addresses by cluster
 * @param required the name of a field of each cluster that the configuration must have
 */
record EndpointFields(Map<String, List<SocketAddress>> addresses, Map<String, String> required) {
    /**
     * Reads the fields of the classes of a test.
     *
     * @param classes the outermost one first
     * @param own those of them whose fields are for this proxy; those of others may be for another one
     * @param instances of those that there are
     */
    static EndpointFields read(List<Class<?>> classes, List<Class<?>> own, List<Object> instances) {
        Map<String, List<SocketAddress>> found = new LinkedHashMap<>();
        Map<String, String> required = new LinkedHashMap<>();
        for (Class<?> each : classes) {
            Object instance = instances.stream().filter(each::isInstance).findFirst().orElse(null);
            for (Field field : fields(each)) {
                String cluster = field.getAnnotation(Endpoint.class).value();
                List<SocketAddress> ofCluster = found.computeIfAbsent(cluster, _ -> new ArrayList<>());
                for (SocketAddress address : addresses(field, instance)) {
                    if (ofCluster.contains(address)) {
                        throw new ExtensionConfigurationException(name(field) + ": cluster '" + cluster
                                + "' has the endpoint " + TestedAddress.words(address)
                                + " already; allowed: each once, in one field");
                    }
                    ofCluster.add(address);
                }
                if (own.contains(each)) {
                    required.putIfAbsent(cluster, name(field));
                }
            }
        }
        return new EndpointFields(found, required);
    }

    /** The name of a field, as messages have it. */
    static String name(Field field) {
        return "@Endpoint " + field.getDeclaringClass().getSimpleName() + "." + field.getName();
    }

    /** The fields with servers of a class, those of its superclasses first, each class's in the order of their declaration. */
    static List<Field> fields(Class<?> type) {
        List<Field> fields = type.getSuperclass() == null
                ? new ArrayList<>()
                : new ArrayList<>(fields(type.getSuperclass()));
        for (Field each : type.getDeclaredFields()) {
            if (each.isAnnotationPresent(Endpoint.class)) {
                fields.add(each);
            }
        }
        return fields;
    }

    private static List<SocketAddress> addresses(Field field, @Nullable Object instance) {
        String name = name(field);
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
            List<SocketAddress> addresses = ServerAddress.all(value);
            if (addresses.isEmpty()) {
                throw new IllegalArgumentException("no server; allowed: at least one");
            }
            return addresses;
        } catch (IllegalArgumentException e) {
            throw new ExtensionConfigurationException(name + ": " + e.getMessage(), e);
        }
    }
}
