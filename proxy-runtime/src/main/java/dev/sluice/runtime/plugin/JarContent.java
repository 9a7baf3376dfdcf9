package dev.sluice.runtime.plugin;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.InvalidModuleDescriptorException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

import dev.sluice.api.FilterProvider;
import org.jspecify.annotations.Nullable;

/**
 * A JAR, all of it in memory. Of a multi-release JAR it has the entries for this version of Java. {@code Class-Path} in
 * the manifest is not followed: it would lead out of the plugin.
 *
 * @param name of the file
 * @param file its path, for stack traces and the like; it is not read again
 * @param entries by name; the bytes are not to be changed
 * @param manifest its main attributes
 * @param descriptor null = not a module
 */
record JarContent(String name, Path file, Map<String, byte[]> entries, Attributes manifest,
        @Nullable ModuleDescriptor descriptor) {
    private static final String DESCRIPTOR = "module-info.class";
    private static final String CLASS = ".class";
    private static final String NEEDED_API = "Sluice-Api-Version";
    private static final String SCHEME = "sluice-plugin";
    private static final String INSIDE = "!/";
    private static final String SERVICE = "META-INF/services/" + FilterProvider.class.getName();
    /** JVMS 4.1: a class file begins with four bytes of magic and two of minor version; Java 1 had major version 45. */
    private static final int CLASS_VERSION_AT = 6;
    private static final int CLASS_VERSION_BASE = 44;

    /**
     * Reads a JAR, and closes it. An entry that is equal to one of the JAR of the same name in memory shares its bytes, so
     * that a plugin which is read again costs no memory a second time, and one with a new version none for its
     * libraries.
     *
     * @param allowance the budget from which the uncompressed entries are taken, shared ones too
     * @param inMemory JARs that have been read before
     * @throws RefusedException if it is not a complete, readable JAR, or too large
     */
    static JarContent read(Path file, Allowance allowance, List<JarContent> inMemory) throws RefusedException {
        String name = Sentences.plain(String.valueOf(file.getFileName()));
        if (!Files.isRegularFile(file)) {
            // A pipe, for example, would never end.
            throw new RefusedException("has " + name + ", which is not a file: put a JAR in its place");
        }
        if (!Files.isReadable(file)) {
            throw new RefusedException("has " + name + ", which this user may not read: make it readable for "
                    + System.getProperty("user.name"));
        }
        Map<String, byte[]> known = inMemory.stream().filter(jar -> jar.name().equals(name)).findFirst()
                .map(JarContent::entries).orElse(Map.of());
        try {
            return read(file, name, allowance, known);
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw new RefusedException("has " + name + ", which is damaged, incomplete or not a JAR ("
                    + Sentences.plain(String.valueOf(e.getMessage()))
                    + "): copy it under another name, and rename it when it is complete", e);
        } catch (IOException e) {
            throw new RefusedException("has " + name + ", which cannot be read: "
                    + Sentences.plain(String.valueOf(e.getMessage())), e);
        }
    }

    private static JarContent read(Path file, String name, Allowance allowance, Map<String, byte[]> known)
            throws IOException, RefusedException {
        try (JarFile jar = new JarFile(file.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
            Map<String, byte[]> entries = new HashMap<>();
            for (Iterator<JarEntry> all = jar.versionedStream().iterator(); all.hasNext();) {
                JarEntry entry = all.next();
                if (!entry.isDirectory()) {
                    byte[] bytes = read(jar, entry, allowance.left());
                    allowance.take(bytes.length);
                    byte[] same = known.get(entry.getName());
                    entries.put(entry.getName(), same != null && Arrays.equals(same, bytes) ? same : bytes);
                }
            }
            Manifest manifest = jar.getManifest();
            return new JarContent(name, file, entries,
                    manifest == null ? new Attributes() : manifest.getMainAttributes(), descriptor(name, entries));
        }
    }

    /** The bytes of an entry; one byte more than allowed if it has too many, whatever size it declares. */
    private static byte[] read(JarFile jar, JarEntry entry, long allowed) throws IOException {
        byte[] bytes;
        try (InputStream in = jar.getInputStream(entry)) {
            bytes = in.readNBytes((int) Math.min(allowed + 1, Integer.MAX_VALUE));
        }
        if (bytes.length > allowed) {
            return bytes;
        }
        // The library compares checksums only when it reads a JAR as a stream, which would not notice a missing end.
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        if (checksum.getValue() != entry.getCrc()) {
            throw new ZipException("wrong checksum of " + entry.getName());
        }
        return bytes;
    }

    private static @Nullable ModuleDescriptor descriptor(String name, Map<String, byte[]> entries)
            throws RefusedException {
        byte[] bytes = entries.get(DESCRIPTOR);
        if (bytes == null) {
            return null;
        }
        try {
            requireKnownVersion(bytes, name);
            return ModuleDescriptor.read(new ByteArrayInputStream(bytes), () -> packages(entries));
        } catch (UnsupportedClassVersionError e) {
            throw new RefusedException(Sentences.failure(e), e);
        } catch (IOException | InvalidModuleDescriptorException e) {
            throw new RefusedException("has " + name + ", whose " + DESCRIPTOR + " is invalid: "
                    + Sentences.plain(String.valueOf(e.getMessage())), e);
        }
    }

    private static Set<String> packages(Map<String, byte[]> entries) {
        Set<String> packages = new TreeSet<>();
        for (String entry : entries.keySet()) {
            int end = entry.lastIndexOf('/');
            if (end > 0 && entry.endsWith(CLASS) && !entry.startsWith("META-INF/")) {
                packages.add(entry.substring(0, end).replace('/', '.'));
            }
        }
        return packages;
    }

    /**
     * Throws the JVM's error for a class file that is too new, with a message that names the version of Java needed.
     */
    static void requireKnownVersion(byte[] classFile, String what) {
        if (classFile.length >= CLASS_VERSION_AT + Short.BYTES) {
            int java = ByteBuffer.wrap(classFile).getShort(CLASS_VERSION_AT) - CLASS_VERSION_BASE;
            if (java > Runtime.version().feature()) {
                throw new UnsupportedClassVersionError(what + " was compiled for Java " + java);
            }
        }
    }

    /** Whether another JAR has the same name, and the same entries with the same bytes. */
    boolean hasContentOf(JarContent other) {
        return name.equals(other.name) && entries.size() == other.entries.size()
                && entries.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(entry.getValue(), other.entries.get(entry.getKey())));
    }

    /** The name of an entry; only {@link PluginLoader} can open it. */
    URI uri(String entry) {
        try {
            return new URI(SCHEME, null, file.toUri().getPath() + INSIDE + entry, null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("a quoted path is a path: " + entry, e);
        }
    }

    /** The bytes of the entry that {@link #uri} names; null if it is not here. */
    byte @Nullable [] bytes(URI uri) {
        String path = uri.getPath();
        return entries.get(path.substring(file.toUri().getPath().length() + INSIDE.length()));
    }

    /** The bytes of a class; null if it is not here. */
    byte @Nullable [] classFile(String className) {
        return entries.get(className.replace('.', '/') + CLASS);
    }

    /** The names of its filter providers. */
    Set<String> providers() {
        Set<String> providers = new LinkedHashSet<>();
        if (descriptor != null) {
            descriptor.provides().stream().filter(it -> it.service().equals(FilterProvider.class.getName()))
                    .forEach(it -> providers.addAll(it.providers()));
        }
        byte[] service = entries.get(SERVICE);
        if (service != null) {
            for (String line : new String(service, StandardCharsets.UTF_8).lines().toList()) {
                String provider = line.replaceFirst("#.*", "").strip();
                if (!provider.isEmpty()) {
                    providers.add(provider);
                }
            }
        }
        return providers;
    }

    /** The version of the module or of the manifest; null if neither has one. */
    @Nullable
    String version() {
        String version = descriptor == null ? null : descriptor.rawVersion().orElse(null);
        return version == null ? manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION) : version;
    }

    /** The version of the API that it was compiled against; null if it declares none. */
    @Nullable
    String neededApi() {
        String compiled = descriptor == null
                ? null
                : descriptor.requires().stream().filter(it -> it.name().equals(FilterProvider.class.getPackageName()))
                        .findAny().flatMap(ModuleDescriptor.Requires::rawCompiledVersion).orElse(null);
        return compiled == null ? manifest.getValue(NEEDED_API) : compiled;
    }
}
