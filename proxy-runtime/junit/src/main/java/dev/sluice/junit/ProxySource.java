package dev.sluice.junit;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.SocketAddress;
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
 * @param testClass the class that has the annotation, or whose method has it
 */
record ProxySource(SluiceProxy annotation, Class<?> testClass) {
    /** The parameter of JUnit's configuration with the time that things of a test may take to end, in milliseconds. */
    static final String PATIENCE = "sluice.junit.patience";
    private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(5);
    private static final String ALLOWED = "exactly one of @SluiceProxy(\"file\"), @SluiceProxy(yaml = \"…\") and"
            + " @SluiceProxy(builder = \"method\")";

    /** Starts a proxy for the test or class of a context. */
    RunningProxy start(ExtensionContext context) {
        List<Object> instances = context.getTestInstances().map(TestInstances::getAllInstances).orElse(List.of());
        Map<String, List<SocketAddress>> endpoints = EndpointFields.read(classes(), instances);
        return RunningProxy.start(testClass, patience(context), builder(instances), endpoints,
                annotation.keepEndpoints());
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
        Object instance = instances.stream().filter(testClass::isInstance).findFirst().orElse(null);
        Method method = ReflectionSupport.findMethod(testClass, name).orElseThrow(
                () -> new ExtensionConfigurationException("@SluiceProxy(builder = \"" + name + "\"): "
                        + testClass.getSimpleName() + " has no method " + name + "() without parameters"));
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
