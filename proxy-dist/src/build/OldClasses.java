import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Gives the class files of old compilers the form that a start archive can hold.
 *
 * <p>Class files before version 50 (Java 6) carry no stack maps. The JVM verifies each of them anew at every start,
 * with the verifier that has to infer the types (JVMS 4.10.2), and takes none of them into an archive. picocli is
 * compiled for Java 5, all of it. Instructions, names and signatures stay as they are; only the version becomes 50, and
 * the stack maps that this version requires are added.
 */
final class OldClasses {
    /** The first version whose classes the JVM archives. */
    private static final int OLDEST_ARCHIVED = ClassFile.JAVA_6_VERSION;
    private static final String NOTICE = "META-INF/sluice-notice.txt";

    private OldClasses() {}

    /**
     * Renews a jar in place.
     *
     * @param time of all entries, so that each build writes the same bytes
     * @throws IllegalArgumentException if it is not in need of that, or signed
     */
    static void renew(Path jar, LocalDateTime time) throws IOException {
        Path renewed = jar.resolveSibling(jar.getFileName() + ".renewed");
        try (ZipFile old = new ZipFile(jar.toFile())) {
            if (old.stream().noneMatch(entry -> isOld(old, entry))) {
                throw new IllegalArgumentException(jar + " has no old classes: it need not be renewed any more");
            }
            try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(renewed))) {
                // In the order of the old jar: the manifest has to stay the first.
                for (Enumeration<? extends ZipEntry> entries = old.entries(); entries.hasMoreElements();) {
                    ZipEntry entry = entries.nextElement();
                    if (entry.getName().startsWith("META-INF/") && entry.getName().endsWith(".SF")) {
                        throw new IllegalArgumentException(jar + " is signed: its old classes cannot be renewed");
                    }
                    byte[] content = read(old, entry);
                    put(out, entry.getName(), isOld(old, entry) ? renew(old, content) : content, time);
                }
                put(out, NOTICE, ("Modified when Sluice was packaged: class files before version " + OLDEST_ARCHIVED
                        + " were given that version, and stack maps.\nNothing else was changed.\n").getBytes(), time);
            }
        }
        Files.move(renewed, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isOld(ZipFile jar, ZipEntry entry) {
        if (!entry.getName().endsWith(".class")) {
            return false;
        }
        byte[] header = new byte[8];
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readNBytes(header, 0, 8) == 8 && ((header[6] & 0xff) << 8 | header[7] & 0xff) < OLDEST_ARCHIVED;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] renew(ZipFile jar, byte[] old) {
        // Where two ways meet, a stack map names what the types of both have in common: these may be types of the jar.
        ClassHierarchyResolver types = ClassHierarchyResolver.ofResourceParsing(type -> find(jar, type))
                .orElse(ClassHierarchyResolver.defaultResolver());
        ClassFile classFile = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(types));
        // Method by method and instruction by instruction: code that is not walked through would be copied, without
        // stack maps.
        ClassTransform code = ClassTransform.transformingMethods(MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL));
        ClassTransform version = (builder, element) -> {
            if (element instanceof ClassFileVersion) {
                builder.withVersion(OLDEST_ARCHIVED, 0);
            } else {
                builder.with(element);
            }
        };
        return classFile.transformClass(classFile.parse(old), code.andThen(version));
    }

    /** The class file of a type; null if the jar has none. */
    private static InputStream find(ZipFile jar, ClassDesc type) {
        String descriptor = type.descriptorString();
        ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(ZipFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] content, LocalDateTime time) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(time);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
