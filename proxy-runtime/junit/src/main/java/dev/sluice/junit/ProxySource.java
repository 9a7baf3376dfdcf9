package dev.sluice.junit;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.sluice.runtime.ProxyServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestInstances;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * The source of a proxy: an annotation, and the class that it belongs to.
 *
 * @param owner the class that has the annotation; null = a method has it
 * @param testClass the class of the tests: the owner, or one in it
 */
record ProxySource(SluiceProxy annotation, @Nullable Class<?> owner, Class<?> testClass) {
    /** The parameter of JUnit's configuration with the time that things of a test may take to end, in milliseconds. */
    static final String PATIENCE = "sluice.junit.patience";
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(5);
    private static final String ALLOWED = "exactly one of @SluiceProxy(\"file\"), @SluiceProxy(yaml = \"…\") and"
            + " @SluiceProxy(builder = \"method\")";

    /** Starts a proxy for the test or class of a context. */
    RunningProxy start(ExtensionContext context) {
        List<Object> instances = context.getTestInstances().map(TestInstances::getAllInstances).orElse(List.of());
        EndpointFields fields = EndpointFields.read(classes(), ownClasses(), instances);
        RunningProxy proxy = RunningProxy.start(testClass, patience(context), builder(instances), fields.addresses(),
                annotation.keepEndpoints());
        for (Map.Entry<String, String> required : fields.required().entrySet()) {
            String reason = proxy.whyNoCluster(required.getKey());
            if (reason != null) {
                proxy.close(new ArrayList<>());
                throw new ExtensionConfigurationException(required.getValue() + ": " + reason);
            }
        }
        return proxy;
    }

    /** The same for the tests of a class in the owner. */
    ProxySource in(Class<?> inner) {
        return new ProxySource(annotation, owner, inner);
    }

    /** Refuses fields of a class in the owner that would have no effect. */
    void checkInner(Class<?> inner) {
        if (annotation.lifecycle() == SluiceProxy.Lifecycle.PER_METHOD) {
            return;
        }
        List<Field> known = classes().stream().flatMap(each -> EndpointFields.fields(each).stream()).toList();
        EndpointFields.fields(inner).stream().filter(field -> !known.contains(field)).findFirst().ifPresent(field -> {
            throw new ExtensionConfigurationException(
                    EndpointFields.name(field) + " is in a nested class, and the proxy is"
                            + " that of " + testClass.getSimpleName() + "; allowed: a field of "
                            + testClass.getSimpleName() + ", lifecycle = PER_METHOD there, or a @SluiceProxy of "
                            + inner.getSimpleName());
        });
    }

    private static Duration patience(ExtensionContext context) {
        return context.getConfigurationParameter(PATIENCE, text -> Duration.ofMillis(Long.parseLong(text)))
                .orElse(DEFAULT_PATIENCE);
    }

    /** The class and those around it, the outermost first. */
    private List<Class<?>> classes() {
        List<Class<?>> classes = new ArrayList<>();
        for (Class<?> each = testClass; each != null; each = each.getEnclosingClass()) {
            classes.addFirst(each);
        }
        return classes;
    }

    /** The owner and those in it; none for a method, beside which others may have other clusters. */
    private List<Class<?>> ownClasses() {
        List<Class<?>> classes = classes();
        int first = owner == null ? -1 : classes.indexOf(owner);
        return first < 0 ? List.of() : classes.subList(first, classes.size());
    }

    private ProxyServer.Builder builder(List<Object> instances) {
        long given = Stream.of(annotation.value(), annotation.yaml(), annotation.builder())
                .filter(text -> !text.isEmpty()).count();
        if (given != 1) {
            throw new ExtensionConfigurationException("@SluiceProxy of " + testClass.getSimpleName() + " has " + given
                    + " configurations; allowed: " + ALLOWED);
        }
        if (!annotation.yaml().isEmpty()) {
            return ProxyServer.builder().config(annotation.yaml());
        }
        return annotation.builder().isEmpty()
                ? ProxyServer.builder().config(file(annotation.value()))
                : byMethod(annotation.builder(), instances);
    }

    private Path file(String name) {
        Path file = Path.of(name);
        if (Files.exists(file)) {
            return file;
        }
        URL resource = testClass.getResource(name.startsWith("/") ? name : "/" + name);
        if (resource != null) {
            try {
                return Path.of(URI.create(resource.toString()));
            } catch (IllegalArgumentException | FileSystemNotFoundException e) {
                throw new ExtensionConfigurationException("the resource " + resource + " is in an archive; allowed: a"
                        + " file, since a configuration has paths relative to it", e);
            }
        }
        throw new ExtensionConfigurationException(
                "@SluiceProxy of " + testClass.getSimpleName() + ": there is neither a"
                        + " file " + file.toAbsolutePath() + " nor a resource /" + name + " of the class path");
    }

    private ProxyServer.Builder byMethod(String name, List<Object> instances) {
        Method method = classes().reversed().stream()
                .flatMap(each -> ReflectionSupport.findMethod(each, name).stream()).findFirst().orElseThrow(
                        () -> new ExtensionConfigurationException("@SluiceProxy(builder = \"" + name + "\"): "
                                + testClass.getSimpleName() + " has no method " + name + "() without parameters, and no"
                                + " class around it has one"));
        Object instance = instances.stream().filter(method.getDeclaringClass()::isInstance).findFirst().orElse(null);
        if (!Modifier.isStatic(method.getModifiers()) && instance == null) {
            throw new ExtensionConfigurationException("@SluiceProxy(builder = \"" + name + "\"): the method is not"
                    + " static, and the proxy serves the whole class; allowed: a static method, or lifecycle ="
                    + " PER_METHOD");
        }
        return checked(name, ReflectionSupport.invokeMethod(method, instance));
    }

    private static ProxyServer.Builder checked(String name, @Nullable Object made) {
        if (made instanceof ProxyServer.Builder builder) {
            return builder;
        }
        throw new ExtensionConfigurationException("@SluiceProxy(builder = \"" + name + "\") returned " + made
                + "; allowed: a ProxyServer.Builder");
    }
}
