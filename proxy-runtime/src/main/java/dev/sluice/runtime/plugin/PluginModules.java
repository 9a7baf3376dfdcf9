package dev.sluice.runtime.plugin;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/** The modules of one plugin, checked against each other, and the layer made of them. */
final class PluginModules {
    private static final String API = FilterProvider.class.getPackageName();

    /** A module, and the JAR that has it. */
    private record Member(ModuleDescriptor descriptor, JarContent jar) {}

    private final List<Member> members = new ArrayList<>();

    private PluginModules() {}

    /**
     * The modules of these JARs; null if a JAR is not a module. A copy of the API is left out, as on the class path,
     * where it is never seen.
     *
     * @throws RefusedException if they cannot work together, or need a module that is missing
     */
    static @Nullable PluginModules of(List<JarContent> contents) throws RefusedException {
        PluginModules modules = new PluginModules();
        for (JarContent jar : contents) {
            ModuleDescriptor descriptor = jar.descriptor();
            if (descriptor == null) {
                return null;
            }
            if (!descriptor.name().equals(API)) {
                modules.members.add(new Member(descriptor, jar));
            }
        }
        modules.checkNames();
        modules.checkPackages();
        modules.checkRequired();
        return modules;
    }

    private void checkNames() throws RefusedException {
        Map<String, JarContent> seen = new HashMap<>();
        for (Member member : members) {
            JarContent other = seen.put(member.descriptor().name(), member.jar());
            if (other != null) {
                throw new RefusedException("has the module " + member.descriptor().name() + " twice, in "
                        + other.name() + " and " + member.jar().name() + ": remove one of them");
            }
        }
    }

    private void checkPackages() throws RefusedException {
        Map<String, JarContent> seen = new HashMap<>();
        for (Member member : members) {
            for (String name : member.descriptor().packages()) {
                JarContent other = seen.put(name, member.jar());
                if (other != null) {
                    throw new RefusedException("has the package " + name + " in two modules, " + other.name() + " and "
                            + member.jar().name() + ": a package may be in one only");
                }
            }
        }
    }

    /**
     * Checks the required modules. Only Java and the API are shared: a plugin has to bring everything else along, and
     * so does not break when Sluice changes its own libraries.
     */
    private void checkRequired() throws RefusedException {
        Set<String> here = new HashSet<>(Set.of(API));
        members.forEach(member -> here.add(member.descriptor().name()));
        for (Member member : members) {
            for (ModuleDescriptor.Requires requires : member.descriptor().requires()) {
                if (!requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC)
                        && !here.contains(requires.name())) {
                    checkIsOfJava(requires.name(), "(module " + member.descriptor().name() + " requires it)");
                }
            }
        }
    }

    private static void checkIsOfJava(String name, String origin) throws RefusedException {
        if (!name.startsWith("java.") && !name.startsWith("jdk.")) {
            throw new RefusedException("needs the module " + name + ", which is in none of its JARs " + origin
                    + ": add its JAR");
        }
        if (parent().findModule(name).isEmpty()) {
            throw new RefusedException(
                    "needs the module " + name + ", which this Java runtime does not have " + origin);
        }
    }

    /** The layer of Sluice, or one with at least the modules of Java that it sees. */
    private static ModuleLayer parent() {
        ModuleLayer layer = PluginModules.class.getModule().getLayer();
        return layer == null ? ModuleLayer.boot() : layer;
    }

    /** Whether layers are possible: a module cannot require an API that is on the class path. */
    static boolean apiIsAModule() {
        return FilterProvider.class.getModule().isNamed();
    }

    /** Defines the modules in a layer of this loader. */
    void define(PluginLoader loader) throws RefusedException {
        ModuleFinder finder = new MemoryFinder(members);
        ModuleLayer.Controller controller;
        try {
            Configuration resolved = parent().configuration().resolve(finder, ModuleFinder.of(),
                    members.stream().map(member -> member.descriptor().name()).toList());
            controller = ModuleLayer.defineModules(resolved, List.of(parent()), module -> loader);
        } catch (FindException | ResolutionException | LayerInstantiationException e) {
            throw new RefusedException("has modules that do not fit together: "
                    + Sentences.plain(String.valueOf(e.getMessage())), e);
        }
        Module runtime = PluginModules.class.getModule();
        for (Module module : controller.layer().modules()) {
            module.getPackages().forEach(name -> controller.addOpens(module, name, runtime));
        }
    }

    /** A finder of the plugin's modules, and no others. */
    private static final class MemoryFinder implements ModuleFinder {
        private final Map<String, ModuleReference> references = new HashMap<>();

        MemoryFinder(List<Member> members) {
            members.forEach(member -> references.put(member.descriptor().name(), new MemoryReference(member)));
        }

        @Override
        public Optional<ModuleReference> find(String name) {
            return Optional.ofNullable(references.get(name));
        }

        @Override
        public Set<ModuleReference> findAll() {
            return Set.copyOf(references.values());
        }
    }

    /** A reference to a module of the plugin. */
    private static final class MemoryReference extends ModuleReference {
        private final JarContent jar;

        MemoryReference(Member member) {
            super(member.descriptor(), member.jar().file().toUri());
            this.jar = member.jar();
        }

        @Override
        public ModuleReader open() {
            return new MemoryReader(jar);
        }
    }

    /** A reader of a module, whose JAR the loader has in memory. */
    private record MemoryReader(JarContent jar) implements ModuleReader {
        @Override
        public Optional<URI> find(String name) {
            return jar.entries().containsKey(name)
                    ? Optional.of(jar.uri(name))
                    : Optional.empty();
        }

        @Override
        public Optional<InputStream> open(String name) {
            return Optional.ofNullable(jar.entries().get(name)).map(ByteArrayInputStream::new);
        }

        @Override
        public Stream<String> list() {
            return jar.entries().keySet().stream().sorted();
        }

        @Override
        public void close() {}
    }
}
