package dev.sluice.runtime.plugin;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import dev.sluice.api.FilterProvider;

/**
 * Sluice once more inside of the test, in the way in which the daemon runs it (as modules), or on a class path with something more on it.
 * Its classes are not those of the test, so it is asked by reflection.
 */
final class TestingWorld {
    private static final String RUNTIME = "dev.sluice.runtime";

    private final ClassLoader loader;

    private TestingWorld(ClassLoader loader) {
        this.loader = loader;
    }

    /** Everything on the class path of the test that is a module, as a layer; and these modules, if they provide filters. */
    static TestingWorld ofModules(Path... more) {
        ModuleFinder finder = ModuleFinder.compose(Stream.concat(Arrays.stream(more), classPath().stream())
                .map(ModuleFinder::of).filter(TestingWorld::isModule).toArray(ModuleFinder[]::new));
        Configuration resolved = ModuleLayer.boot().configuration().resolveAndBind(finder, ModuleFinder.of(),
                Set.of(RUNTIME));
        ModuleLayer.Controller controller = ModuleLayer.defineModulesWithOneLoader(resolved,
                List.of(ModuleLayer.boot()), ClassLoader.getPlatformClassLoader());
        Module runtime = controller.layer().findModule(RUNTIME).orElseThrow();
        controller.addExports(runtime, PluginRegistry.class.getPackageName(), TestingWorld.class.getModule());
        return new TestingWorld(runtime.getClassLoader());
    }

    /** A class path: that of the test, and these. */
    static TestingWorld ofClassPath(Path... more) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (Path path : Stream.concat(Arrays.stream(more), classPath().stream()).toList()) {
            urls.add(path.toUri().toURL());
        }
        return new TestingWorld(new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()));
    }

    private static List<Path> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1)).map(Path::of).toList();
    }

    /** Some names of files are no names of modules. */
    private static boolean isModule(ModuleFinder finder) {
        try {
            return !finder.findAll().isEmpty();
        } catch (FindException e) {
            return false;
        }
    }

    /** Opens a registry there. */
    Registry open(Path plugins) throws ReflectiveOperationException {
        Class<?> type = loader.loadClass(PluginRegistry.class.getName());
        return new Registry(Objects.requireNonNull(
                type.getMethod("open", Path.class, Collection.class).invoke(null, plugins, List.of())));
    }

    /** Opens another registry there, after this one. */
    Registry open(Path plugins, Registry previous) throws ReflectiveOperationException {
        Class<?> type = previous.registry().getClass();
        return new Registry(Objects.requireNonNull(type.getMethod("open", Path.class, Collection.class, type)
                .invoke(null, plugins, List.of(), previous.registry())));
    }

    /** A registry of the other world. */
    record Registry(Object registry) implements AutoCloseable {
        /** The sentences. */
        List<?> problems() throws ReflectiveOperationException {
            return (List<?>) get("problems");
        }

        /** The plugins, as texts. */
        Set<String> plugins() throws ReflectiveOperationException {
            Set<String> texts = new HashSet<>();
            ((List<?>) get("plugins")).forEach(plugin -> texts.add(plugin.toString()));
            return texts;
        }

        /** The provider of a type. */
        Object provider(String type) throws ReflectiveOperationException {
            return Objects.requireNonNull(((Map<?, ?>) get("providers")).get(type), () -> "no provider of " + type);
        }

        /** The result of a method of a type's provider. */
        Object ask(String type, String method) throws ReflectiveOperationException {
            // By the interface: the class is nobody's business.
            Class<?> contract = registry.getClass().getClassLoader().loadClass(FilterProvider.class.getName());
            return Objects.requireNonNull(contract.getMethod(method).invoke(provider(type)));
        }

        private Object get(String method) throws ReflectiveOperationException {
            return Objects.requireNonNull(registry.getClass().getMethod(method).invoke(registry));
        }

        @Override
        public void close() throws ReflectiveOperationException {
            registry.getClass().getMethod("close").invoke(registry);
        }
    }
}
