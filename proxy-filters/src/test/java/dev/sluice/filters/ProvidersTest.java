package dev.sluice.filters;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.sluice.api.FilterProvider;
import dev.sluice.filters.acl.AclProvider;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The filters are found on the class path by META-INF/services and on the module path by the descriptor; both must say the same. */
class ProvidersTest {
    private static final List<FilterProvider<?>> PROVIDERS = ServiceLoader.load(FilterProvider.class).stream()
            .<FilterProvider<?>>map(ServiceLoader.Provider::get).toList();

    private static ModuleDescriptor descriptor() throws IOException {
        // Another module's descriptor may be on the class path too.
        String classes = AclProvider.class.getProtectionDomain().getCodeSource().getLocation().toString();
        try (InputStream in = URI.create(classes + "module-info.class").toURL().openStream()) {
            return ModuleDescriptor.read(in);
        }
    }

    @Test
    void bothListsNameTheSameProviders() throws IOException {
        Set<String> provided = descriptor().provides().stream()
                .filter(provides -> provides.service().equals(FilterProvider.class.getName()))
                .flatMap(provides -> provides.providers().stream()).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(provided, PROVIDERS.stream().map(provider -> provider.getClass().getName())
                .collect(Collectors.toCollection(TreeSet::new)));
        assertTrue(provided.contains(AclProvider.class.getName()));
    }

    @Test
    void theRuntimeMayFillInEachConfiguration() throws IOException {
        Set<String> open = descriptor().opens().stream()
                .filter(opens -> opens.targets().contains("dev.sluice.runtime"))
                .map(ModuleDescriptor.Opens::source).collect(Collectors.toSet());
        for (FilterProvider<?> provider : PROVIDERS) {
            assertTrue(open.contains(provider.configType().getPackageName()), provider.type());
        }
    }

    @Test
    void eachHasATypeOfItsOwnAndSaysWhatItIsFor() {
        assertEquals(PROVIDERS.size(),
                PROVIDERS.stream().map(FilterProvider::type).map(Objects::requireNonNull).distinct().count());
        for (FilterProvider<?> provider : PROVIDERS) {
            assertTrue(provider.type().matches("[a-z]+(-[a-z0-9]+)*"), provider.type());
            assertFalse(provider.description().isBlank(), provider.type());
        }
    }
}
