package dev.sluice.runtime.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.InvalidModuleDescriptorException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.util.Optional;

/** The versions of modules, as their descriptors have them. Stateless. */
public final class ModuleVersion {
    private ModuleVersion() {}

    /** The version in the descriptor of the module of a class, or in the one beside the class; empty = there is none. */
    public static Optional<String> of(Class<?> type) {
        ModuleDescriptor descriptor = type.getModule().getDescriptor();
        return descriptor == null ? besideTheClass(type) : descriptor.rawVersion();
    }

    /**
     * The version in the descriptor beside a class. On the class path each JAR may have a descriptor, and the right one
     * is where the class is.
     */
    private static Optional<String> besideTheClass(Class<?> type) {
        String file = type.getName().replace('.', '/') + ".class";
        URL here = type.getResource("/" + file);
        if (here == null || !here.toString().endsWith(file)) {
            return Optional.empty();
        }
        String directory = here.toString().substring(0, here.toString().length() - file.length());
        try {
            URLConnection descriptor = URI.create(directory + "module-info.class").toURL().openConnection();
            // A cache would keep the JAR open.
            descriptor.setUseCaches(false);
            try (InputStream in = descriptor.getInputStream()) {
                return ModuleDescriptor.read(in).rawVersion();
            }
        } catch (IOException | UncheckedIOException | InvalidModuleDescriptorException notThere) {
            return Optional.empty();
        }
    }
}
