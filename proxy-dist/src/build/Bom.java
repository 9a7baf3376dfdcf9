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
 * the tarball. Hashes are those of these files, of which one is modified here, and the jar of the distribution is a part like the others.
 * Works on the text, whose form is that of the CycloneDX plugin; a tool of the build has no JSON library.
 */
final class Bom {
    private static final Pattern HASHES = Pattern.compile("\"hashes\" : \\[.*?\\]", Pattern.DOTALL);
    private static final Pattern COMPONENTS = Pattern.compile("\n  \"components\" : \\[\n");
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
            // The last path segment of a package URL is NAME@VERSION.
            String name = jar.getFileName().toString().replaceFirst("\\.jar$", "").replaceFirst("-(?=\\d)", "@");
            Matcher component = Pattern.compile("\\{(?:(?!\"purl\").)*?\"purl\" : \"pkg:maven/[^\"]*/" + Pattern.quote(name) + "\\?type=jar\"",
                    Pattern.DOTALL).matcher(bom.substring(start(bom)));
            if (!component.find()) {
                missing.add(name);
                continue;
            }
            int from = start(bom) + component.start();
            int to = start(bom) + component.end();
            // The match begins somewhere before; the hashes of this component are the last ones in it.
            String block = bom.substring(from, to);
            int hashes = block.lastIndexOf("\"hashes\" : [");
            Matcher old = HASHES.matcher(block);
            if (hashes < 0 || !old.find(hashes)) {
                missing.add(name);
                continue;
            }
            String renewed = block.substring(0, old.start()) + "\"hashes\" : [ { \"alg\" : \"SHA-256\", \"content\" : \"" + sha256(jar) + "\" } ]"
                    + block.substring(old.end());
            bom = bom.substring(0, from) + renewed + bom.substring(to);
        }
        if (!missing.isEmpty()) {
            throw new IllegalStateException(made + " has no component, or one without hashes, for " + missing);
        }
        Files.writeString(target, bom);
    }

    private static int start(String bom) {
        Matcher components = COMPONENTS.matcher(bom);
        if (!components.find()) {
            throw new IllegalStateException("no components in the form that the plugin has written so far");
        }
        return components.end();
    }

    /** With the jar of the distribution among the components, of which the plugin speaks elsewhere. */
    private static String withItself(String bom) {
        Matcher itself = ITSELF.matcher(bom);
        if (!itself.find()) {
            throw new IllegalStateException("no metadata.component in the form that the plugin has written so far");
        }
        String component = itself.group(1).replace("\"application\"", "\"library\"").replaceFirst("\"bom-ref\" : \"[^\"]*\"",
                "\"bom-ref\" : \"jar-of-the-distribution\"").replaceFirst("\"purl\"", "\"hashes\" : [ ],\n      \"purl\"");
        return bom.substring(0, start(bom)) + "    " + component + ",\n" + bom.substring(start(bom));
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
