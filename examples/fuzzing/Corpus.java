import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A corpus as the tests read it, one input in a line in hexadecimal digits, and as the fuzzer does, a file for each. */
public final class Corpus {
    private static final HexFormat HEX = HexFormat.of();

    private Corpus() {}

    /**
     * Unpacks the corpus into a directory, or adds to it what the directory has and it has not.
     *
     * @param arguments {@code unpack} or {@code pack}, the file, the directory, and the comment for what is added
     */
    public static void main(String... arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        Path directory = Path.of(arguments[2]);
        Set<String> known = new LinkedHashSet<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                known.add(line);
            }
        }
        if (arguments[0].equals("unpack")) {
            int number = 0;
            for (String input : known) {
                Files.write(directory.resolve("kept-" + number++), HEX.parseHex(input));
            }
            return;
        }
        List<String> added = new ArrayList<>();
        try (var inputs = Files.newDirectoryStream(directory)) {
            for (Path input : inputs) {
                String digits = HEX.formatHex(Files.readAllBytes(input));
                if (!digits.isEmpty() && known.add(digits)) {
                    added.add(digits);
                }
            }
        }
        if (!added.isEmpty()) {
            added.sort(null);
            added.addFirst("# " + arguments[3]);
            Files.write(file, added, StandardOpenOption.APPEND);
        }
        System.out.println(Math.max(0, added.size() - 1) + " inputs are new in " + file);
    }
}
