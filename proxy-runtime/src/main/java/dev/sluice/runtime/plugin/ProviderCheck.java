package dev.sluice.runtime.plugin;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * A check of providers: creates them, and calls all their methods that are needed before a configuration uses them.
 * Anything thrown becomes a refusal.
 */
final class ProviderCheck {
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private ProviderCheck() {}

    /**
     * Creates a provider.
     *
     * @throws RefusedException if that is impossible; its sentence is about the provider
     */
    static FilterProvider<?> make(String className, ClassLoader loader) throws RefusedException {
        try {
            Class<?> type = Class.forName(className, true, loader);
            if (!FilterProvider.class.isAssignableFrom(type)) {
                throw new RefusedException("is not one: it does not implement " + FilterProvider.class.getName());
            }
            return (FilterProvider<?>) type.getConstructor().newInstance();
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw new RefusedException("cannot be created: it has to be a public class with a public constructor"
                    + " without parameters", e);
        } catch (RefusedException e) {
            throw e;
        } catch (Throwable e) {
            throw new RefusedException(Sentences.failure(e), e);
        }
    }

    /**
     * The type of a provider's filters, once everything about it has proved usable.
     *
     * @throws RefusedException if anything is not; its sentence is about the provider
     */
    static String type(FilterProvider<?> provider) throws RefusedException {
        String type;
        Class<?> config;
        String description;
        try {
            type = provider.type();
            config = provider.configType();
            description = provider.description();
            if (config != null) {
                resolve(config, new HashSet<>());
            }
        } catch (Throwable e) {
            throw new RefusedException(Sentences.failure(e), e);
        }
        if (type == null || config == null || description == null) {
            throw new RefusedException("returns null as " + (type == null
                    ? "type"
                    : config == null ? "configType" : "description"));
        }
        if (!TYPE.matcher(type).matches()) {
            String meant = meantBy(type);
            throw new RefusedException("calls its type '" + Sentences.plain(type)
                    + "'; allowed: lower case letters and digits, words joined by hyphens"
                    + (meant == null ? "" : "; did you mean '" + meant + "'?"));
        }
        if (!config.isRecord()) {
            throw new RefusedException("has the configuration " + config.getName() + ", which is not a record");
        }
        return type;
    }

    /** Makes the JVM load every type of a configuration, which would otherwise happen while one is read. */
    private static void resolve(Type type, Set<Type> seen) {
        if (type instanceof ParameterizedType parameterized) {
            for (Type argument : parameterized.getActualTypeArguments()) {
                resolve(argument, seen);
            }
        } else if (type instanceof Class<?> record && record.isRecord() && seen.add(record)) {
            for (Constructor<?> constructor : record.getDeclaredConstructors()) {
                for (Type parameter : constructor.getGenericParameterTypes()) {
                    resolve(parameter, seen);
                }
            }
        }
    }

    private static @Nullable String meantBy(String type) {
        String words = type.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replaceAll("[_. ]+", "-").toLowerCase(Locale.ROOT);
        return TYPE.matcher(words).matches() ? words : null;
    }
}
