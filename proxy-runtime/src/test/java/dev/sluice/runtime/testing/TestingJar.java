package dev.sluice.runtime.testing;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/** A JAR that does not exist before the test: compiled from sources in strings, against the API of this build. */
public final class TestingJar {
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, byte[]> entries = new TreeMap<>();
    private final Manifest manifest = new Manifest();
    private final List<Path> path = new ArrayList<>();
    private final List<String> options = new ArrayList<>();

    private TestingJar() {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        path.add(api());
        // The API's module requires it statically and transitively: compilers need it, nobody else does.
        path.add(home(Nullable.class));
    }

    /** An empty one. */
    public static TestingJar create() {
        return new TestingJar();
    }

    /**
     * The place of the classes of {@code dev.sluice.api}: a directory or a JAR, depending on how far the build has
     * come.
     */
    public static Path api() {
        return home(FilterProvider.class);
    }

    private static Path home(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** A class to compile. */
    public TestingJar source(String className, String code) {
        sources.put(className.replace('.', '/') + ".java", code);
        return this;
    }

    /** A class that provides filters which let everything pass, and have one key, {@code limit}. */
    public TestingJar provider(String className, String type) {
        return provider(className, type, "int limit", "");
    }

    /**
     * A class that provides filters which let everything pass.
     *
     * @param components of their configuration
     * @param more members of the class
     */
    public TestingJar provider(String className, String type, String components, String more) {
        return provider(className, type, components, more, "");
    }

    /**
     * A class that provides filters which let everything pass.
     *
     * @param components of their configuration
     * @param more members of the class
     * @param constructor statements of the compact constructor of their configuration
     */
    public TestingJar provider(String className, String type, String components, String more, String constructor) {
        int dot = className.lastIndexOf('.');
        return source(className, """
                package %s;
                import dev.sluice.api.*;
                import dev.sluice.api.config.*;
                public class %s implements FilterProvider<%2$s.Config> {
                    public record Config(%s) { public Config { %s } }
                    %s
                    @Override
                    public String type() {
                        return "%s";
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
                                return new ConnectionFilter() {};
                            }
                        };
                    }
                }
                """.formatted(className.substring(0, dot), className.substring(dot + 1), components, constructor, more,
                type));
    }

    /** Makes it a module. */
    public TestingJar module(String name, String... directives) {
        return source("module-info", "module " + name + " { requires dev.sluice.api; " + String.join(" ", directives)
                + " }");
    }

    /** Makes it a module that provides these filters. */
    public TestingJar moduleProviding(String name, String... classNames) {
        return module(name, "provides dev.sluice.api.FilterProvider with " + String.join(", ", classNames) + ";");
    }

    /** The service file, for plugins without a module descriptor. */
    public TestingJar service(String... classNames) {
        return entry("META-INF/services/" + FilterProvider.class.getName(), String.join("\n", classNames));
    }

    /** A file. */
    public TestingJar entry(String name, String text) {
        return entry(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A file. */
    public TestingJar entry(String name, byte[] bytes) {
        entries.put(name, bytes);
        return this;
    }

    /** A main attribute of the manifest. */
    public TestingJar attribute(String name, String value) {
        manifest.getMainAttributes().putValue(name, value);
        return this;
    }

    /** JARs that the sources are compiled against besides the API. */
    public TestingJar against(Path... jars) {
        path.addAll(List.of(jars));
        return this;
    }

    /** The JAR that the sources are compiled against in place of the API of this build. */
    public TestingJar againstApi(Path jar) {
        path.set(0, jar);
        return this;
    }

    /** Makes a class one that only a later Java can load. */
    public TestingJar forLaterJava(String entry, int feature) {
        try {
            byte[] classFile = Objects.requireNonNull(compile().get(entry));
            // JVMS 4.1: the major version is behind magic and minor version, and that of Java 1 was 45.
            return entry(entry, ByteBuffer.wrap(classFile).putShort(6, (short) (44 + feature)).array());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** An option for the compiler. */
    public TestingJar option(String name, String value) {
        options.addAll(List.of(name, value));
        return this;
    }

    /** Compiles, and writes the file; its directory is created if need be. */
    public Path write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Map<String, byte[]> all = new TreeMap<>(compile());
            all.putAll(entries);
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
                for (Map.Entry<String, byte[]> entry : all.entrySet()) {
                    out.putNextEntry(new JarEntry(entry.getKey()));
                    out.write(entry.getValue());
                    out.closeEntry();
                }
            }
            return file;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The class files, by the names of their entries. */
    public Map<String, byte[]> compile() throws IOException {
        Path classes = Files.createTempDirectory("classes-");
        try {
            if (!sources.isEmpty()) {
                compile(classes);
            }
            Map<String, byte[]> files = new TreeMap<>();
            try (Stream<Path> tree = Files.walk(classes)) {
                for (Path file : tree.filter(Files::isRegularFile).toList()) {
                    files.put(classes.relativize(file).toString(), Files.readAllBytes(file));
                }
            }
            return files;
        } finally {
            try (Stream<Path> tree = Files.walk(classes)) {
                tree.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
    }

    private void compile(Path classes) throws IOException {
        @Nullable
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none", "-nowarn",
                    sources.containsKey("module-info.java") ? "-p" : "-cp",
                    String.join(File.pathSeparator, path.stream().map(Path::toString).toList())));
            arguments.addAll(options);
            List<Source> units = sources.entrySet().stream().map(it -> new Source(it.getKey(), it.getValue())).toList();
            if (!compiler.getTask(complaints, files, null, arguments, null, units).call()) {
                throw new AssertionError(complaints.toString());
            }
        }
    }

    /** A source in a string. */
    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        Source(String file, String code) {
            super(URI.create("string:///" + file), JavaFileObject.Kind.SOURCE);
            this.code = code;
        }

        @Override
        public String getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
