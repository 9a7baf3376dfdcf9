package dev.sluice.runtime;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The filters that a configuration may name, and the directories of its plugins. */
class ProxyConfigTest {
    private static final String LOADER = "dev.sluice.runtime.ProxyConfigTest.loader";

    @TempDir
    Path directory;

    @Test
    void withoutFiltersNoneCanBeNamed() {
        ConfigurationException refused = assertThrows(ConfigurationException.class,
                () -> ProxyServer.builder().config(naming("own", "")).start());
        assertTrue(refused.problems().getFirst().what().contains("'own'"), refused::getMessage);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theProgramMayAddOnesInAnyOrder(boolean configurationFirst) {
        ProxyServer.Builder builder = ProxyServer.builder();
        if (configurationFirst) {
            builder.config(naming("own", "")).filter(new Own());
        } else {
            builder.filter(new Own()).config(naming("own", ""));
        }
        try (ProxyServer server = builder.start()) {
            assertEquals(List.of("edge"), List.copyOf(server.addresses().keySet()));
        }
    }

    @Test
    void aConfigurationThatHasBeenReadKnowsItsFilters() {
        ProxyConfig config = ProxyConfig.loader().filter(new Own()).parse(naming("own", ""));
        try (ProxyServer server = ProxyServer.builder().config(config).start()) {
            assertEquals(1, server.addresses().size());
        }
        // It is the program's, not the server's.
        try (ProxyServer again = ProxyServer.builder().config(config).start()) {
            assertEquals(1, again.addresses().size());
        }
        assertThrows(IllegalStateException.class,
                () -> ProxyServer.builder().config(config).filter(new Own()).start());
        assertThrows(IllegalStateException.class,
                () -> ProxyServer.builder().config(config).pluginDirectory(directory).start());
    }

    @Test
    void theProgramMayNameThePluginsDirectory() {
        plugin(directory.resolve("here"), "guard");
        try (ProxyServer server = ProxyServer.builder().config(naming("guard", ""))
                .pluginDirectory(directory.resolve("here"))
                .start()) {
            assertEquals(1, server.addresses().size());
        }
    }

    @Test
    void theConfigurationNamesItRelativeToItsFile() throws IOException {
        plugin(directory.resolve("conf/mine"), "guard");
        Path file = Files.writeString(directory.resolve("conf/sluice.yaml"),
                naming("guard", "plugins: { directory: mine }"));
        assertEquals(List.of(), ProxyConfig.load(file).warnings());
        // The program's is for configurations that say nothing.
        assertEquals(List.of(), ProxyConfig.loader().pluginDirectory(directory.resolve("gone")).load(file).warnings());
    }

    @Test
    void withAnInstallationItIsRelativeToThat() throws IOException {
        plugin(directory.resolve("home/mine"), "guard");
        plugin(directory.resolve("home/plugins"), "installed");
        Files.createDirectory(directory.resolve("conf"));
        Path file = Files.writeString(directory.resolve("conf/sluice.yaml"),
                naming("guard", "plugins: { directory: mine }"));
        ProxyConfig.Loader loader = ProxyConfig.loader().home(directory.resolve("home"));
        assertEquals(List.of(), loader.load(file).warnings());
        assertEquals(List.of(), loader.parse(naming("installed", "")).warnings());
        assertEquals(List.of("installed"), loader.plugins().filters().stream().map(FilterType::type).toList());
        assertEquals(List.of(), ProxyConfig.loader().home(directory.resolve("conf")).plugins().refused());
    }

    @Test
    void aBrokenPluginIsAWarningUntilItIsMissed() throws IOException {
        Path broken = Files.createDirectories(directory.resolve("plugins/guard"));
        String sentence = "plugin guard has no JAR in its directory: put its JARs there, or remove the directory";
        ProxyConfig.Loader loader = ProxyConfig.loader().filter(new Own())
                .pluginDirectory(directory.resolve("plugins"));
        assertEquals(List.of(sentence),
                loader.parse(naming("own", "")).warnings().stream().map(ConfigurationProblem::what).toList());

        for (String yaml : List.of(naming("guard", ""), naming("own", "plugins: { broken: refuse }"))) {
            ConfigurationException refused = assertThrows(ConfigurationException.class, () -> loader.parse(yaml));
            assertTrue(refused.problems().stream().anyMatch(problem -> problem.what().equals(sentence)),
                    refused::getMessage);
        }
        assertEquals(List.of(new RefusedPlugin("guard", broken.toString(), sentence)), loader.plugins().refused());
    }

    @Test
    void pluginsAreListedAlsoIfTheConfigurationIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"),
                naming("gard", "plugins: { directory: mine }"));
        plugin(directory.resolve("mine"), "guard");
        PluginList list = ProxyConfig.loader().filter(new Own()).plugins(file);
        assertEquals(List.of("guard", "own"), list.filters().stream().map(FilterType::type).toList());
        assertEquals(1, list.configurationProblems().size());
        assertEquals("guard", list.configurationProblems().getFirst().didYouMean());

        PluginList nothing = ProxyConfig.loader().plugins(directory.resolve("gone.yaml"));
        assertEquals(List.of(), nothing.filters());
        assertEquals(1, nothing.configurationProblems().size());
    }

    @Test
    void aListTellsKeysAndDefaults() {
        PluginList list = ProxyConfig.loader().filter(new Own()).plugins();
        assertEquals(List.of(new FilterType("own", null, "added by the program", "Of the program.",
                List.of(new FilterKey("limit", "integer", "3", false, "At most.")))), list.filters());
        assertEquals("""
                {"filters":[{"type":"own","version":null,"from":"added by the program","description":"Of the program.",\
                "keys":[{"path":"limit","type":"integer","default":"3","required":false,"description":"At most."}]}],\
                "refused":[]}""", list.toJson());
    }

    /** The server object may live on. */
    @Test
    void aClosedServerKeepsNoPluginThatItHasRead() {
        TestingJar.create()
                .provider("com.example.Guard", "guard", "", "public Guard() { System.getProperties().put(\"%s\","
                        .formatted(LOADER) + " new java.lang.ref.WeakReference<>(Guard.class.getClassLoader())); }")
                .service("com.example.Guard").write(directory.resolve("guard.jar"));
        ProxyServer server = ProxyServer.builder().config(naming("own", "")).filter(new Own())
                .pluginDirectory(directory)
                .start();
        WeakReference<?> loader = assertInstanceOf(WeakReference.class, System.getProperties().remove(LOADER));
        server.close();
        Await.until("the loader of the plugin to be collected", () -> {
            System.gc();
            return loader.refersTo(null);
        });
        assertEquals(1, server.addresses().size());
    }

    private static void plugin(Path plugins, String type) {
        TestingJar.create().provider("com.example.Guard", type).service("com.example.Guard")
                .write(plugins.resolve("guard/guard.jar"));
    }

    private static String naming(String type, String section) {
        return """
                listeners:
                  - name: edge
                    listen: "127.0.0.1:0"
                    cluster: app
                    filters: [ { type: %s, config: { limit: 5 } } ]
                clusters:
                  - { name: app, endpoints: [ { address: "127.0.0.1:1" } ] }
                %s
                """.formatted(type, section);
    }

    /** A filter of the program. */
    private static final class Own implements FilterProvider<Own.Config> {
        record Config(@ConfigDefault("3") @ConfigDescription("At most.") int limit) {}

        @Override
        public String type() {
            return "own";
        }

        @Override
        public String description() {
            return "Of the program.";
        }

        @Override
        public Class<Config> configType() {
            return Config.class;
        }

        @Override
        public FilterFactory create(Config config, FilterEnvironment environment) {
            return new FilterFactory() {
                @Override
                public FilterTraits traits() {
                    return FilterTraits.connectionOnly();
                }

                @Override
                public ConnectionFilter newFilter(ConnectionInfo connection) {
                    return new ConnectionFilter() {
                    };
                }
            };
        }
    }
}
