package dev.sluice.runtime.plugin;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of one plugin, from memory: the loader of all its modules, or of its unnamed module. Its classes see
 * those of Java, of {@code dev.sluice.api}, and each other, in this order. Any thread.
 */
final class PluginLoader extends ClassLoader {
    private static final String API = FilterProvider.class.getPackageName() + ".";

    static {
        registerAsParallelCapable();
    }

    /** A JAR, and the origin of its classes. */
    private record Source(JarContent jar, ProtectionDomain domain) {
        boolean isModule(String name) {
            return jar.descriptor() != null && jar.descriptor().name().equals(name);
        }
    }

    private final List<Source> sources = new ArrayList<>();

    /** @param name the name that stack traces show; different for each version of a plugin */
    PluginLoader(String name, List<JarContent> contents) throws MalformedURLException {
        super(name, getPlatformClassLoader());
        for (JarContent jar : contents) {
            CodeSource origin = new CodeSource(jar.file().toUri().toURL(), (Certificate[]) null);
            sources.add(new Source(jar, new ProtectionDomain(origin, null, this, null)));
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return name.startsWith(API)
                ? Class.forName(name, false, FilterProvider.class.getClassLoader())
                : super.loadClass(name, resolve);
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        Class<?> found = findClass(null, name);
        if (found == null) {
            throw new ClassNotFoundException(name);
        }
        return found;
    }

    @Override
    protected @Nullable Class<?> findClass(@Nullable String moduleName, String name) {
        for (Source source : sources) {
            byte[] bytes = source.jar().classFile(name);
            if (bytes != null && (moduleName == null || source.isModule(moduleName))) {
                JarContent.requireKnownVersion(bytes, name);
                return defineClass(name, bytes, 0, bytes.length, source.domain());
            }
        }
        return null;
    }

    @Override
    protected @Nullable URL findResource(String name) {
        List<URL> found = resources(name, null);
        return found.isEmpty() ? null : found.getFirst();
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        return Collections.enumeration(resources(name, null));
    }

    @Override
    protected @Nullable URL findResource(@Nullable String moduleName, String name) {
        List<URL> found = resources(name, moduleName);
        return found.isEmpty() ? null : found.getFirst();
    }

    private List<URL> resources(String name, @Nullable String moduleName) {
        List<URL> found = new ArrayList<>();
        for (Source source : sources) {
            if (source.jar().entries().containsKey(name) && (moduleName == null || source.isModule(moduleName))) {
                found.add(url(source.jar(), name));
            }
        }
        return found;
    }

    private static URL url(JarContent jar, String entry) {
        try {
            return URL.of(jar.uri(entry), new Handler(jar));
        } catch (MalformedURLException e) {
            throw new IllegalStateException("the handler takes what it is given", e);
        }
    }

    /** A handler of the URLs of one JAR. */
    private static final class Handler extends URLStreamHandler {
        private final JarContent jar;

        Handler(JarContent jar) {
            this.jar = jar;
        }

        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            byte[] bytes = jar.bytes(URI.create(url.toString()));
            if (bytes == null) {
                throw new FileNotFoundException(url.toString());
            }
            return new Connection(url, bytes);
        }
    }

    /** A connection to one entry. */
    private static final class Connection extends URLConnection {
        private final byte[] bytes;

        Connection(URL url, byte[] bytes) {
            super(url);
            this.bytes = bytes;
        }

        @Override
        public void connect() {
            connected = true;
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public long getContentLengthLong() {
            return bytes.length;
        }
    }
}
