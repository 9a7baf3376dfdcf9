package dev.sluice.runtime.plugin;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * A plugin with its classes. Several registries may have it.
 *
 * @param name for users
 * @param location the entry of the plugins directory
 * @param jars the content of its class loader, in its order
 * @param edition 1, and one more for each time that its JARs had changed
 * @param modular whether it runs as named modules
 * @param providers its providers by type
 */
record LoadedPlugin(String name, Path location, List<JarContent> jars, PluginLoader loader, int edition,
        boolean modular, Map<String, FilterProvider<?>> providers) {
    LoadedPlugin {
        jars = List.copyOf(jars);
        providers = Collections.unmodifiableMap(new LinkedHashMap<>(providers));
    }

    /** The name of a class loader, which makes the editions of a plugin distinct in stack traces. */
    static String loaderName(String plugin, int edition) {
        return edition == 1 ? plugin : plugin + "#" + edition;
    }

    /**
     * Whether these JARs are those that it was loaded from. Their real paths do not count: a symbolic link that
     * leads to another directory now, as those of Kubernetes do, does not change the plugin.
     */
    boolean consistsOf(List<JarContent> others) {
        if (jars.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < others.size(); i++) {
            if (!jars.get(i).hasContentOf(others.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The version of the JAR with the filters; the others are libraries. Null if it has none. */
    @Nullable
    String version() {
        return jars.stream().filter(jar -> !jar.providers().isEmpty()).map(JarContent::version)
                .filter(Objects::nonNull).findFirst().map(Sentences::plain).orElse(null);
    }
}
