import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Completes the list of parts, {@code legal/sbom.json}, which the build has made of what Maven knows: it has to say what is in {@code lib/} of
 * the tarball. Hashes are those of these files, of which two are modified here, and the jar of the distribution is a part like the others.
 * Works on the text, whose form is that of the CycloneDX plugin; a tool of the build has no JSON library.
 */
final class Bom {
    private static final String COMPONENTS = "\n  \"components\" : [\n";
    private static final String HASHES = "\"hashes\" : [";
    private static final String PURL = "\"purl\" : ";
    private static final Pattern ITSELF = Pattern.compile("\n    \"component\" : (\\{.*?\n    \\})", Pattern.DOTALL);

    private Bom() {}

    /**
     * Writes the finished list.
     *
     * @param made by the plugin
     * @param lib the directory of jars, complete
     */
    static void complete(Path made, Path lib, Path target) throws IOException {
        String bom = withItself(Files.readString(made));
        List<Path> jars;
        try (Stream<Path> files = Files.list(lib)) {
            jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        List<String> missing = new ArrayList<>();
        for (Path jar : jars) {
            // The last part of a package URL is NAME@VERSION.
            String name = jar.getFileName().toString().replaceFirst("\\.jar$", "").replaceFirst("-(?=\\d)", "@");
            Matcher url = Pattern.compile(PURL + "\"pkg:maven/[^\"]*/" + Pattern.quote(name) + "\\?type=jar\"").matcher(bom);
            int purl = url.find(bom.indexOf(COMPONENTS)) ? url.start() : -1;
            int hashes = bom.lastIndexOf(HASHES, purl);
            // Of this component, not of one before.
            if (hashes < 0 || bom.lastIndexOf(PURL, purl - 1) > hashes) {
                missing.add(name);
                continue;
            }
            int end = bom.indexOf(']', hashes);
            bom = bom.substring(0, hashes) + HASHES + " { \"alg\" : \"SHA-256\", \"content\" : \"" + sha256(jar) + "\" } "
                    + bom.substring(end);
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException(made + " has no component, or one without hashes, for " + missing);
        }
        Files.writeString(target, bom);
    }

    /** With the jar of the distribution among the components, of which the plugin speaks elsewhere. */
    private static String withItself(String bom) {
        Matcher itself = ITSELF.matcher(bom);
        int components = bom.indexOf(COMPONENTS);
        if (!itself.find() || components < 0) {
            throw new IllegalStateException("the plugin writes another form than it did: no metadata.component, or no components");
        }
        String component = itself.group(1).replace("\"application\"", "\"library\"")
                .replaceFirst("\"bom-ref\" : \"[^\"]*\"", "\"bom-ref\" : \"jar-of-the-distribution\"")
                .replaceFirst("\"purl\"", HASHES + " ],\n      \"purl\"");
        int start = components + COMPONENTS.length();
        return bom.substring(0, start) + "    " + component + ",\n" + bom.substring(start);
    }

    private static String sha256(Path file) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
