package dev.sluice.filters.acl;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.net.Cidr;
import org.jspecify.annotations.Nullable;

/**
 * A file of rules: {@code allow CIDR} or {@code deny CIDR} in a line, {@code #} begins a comment, empty lines are fine.
 * All of it is read before it is refused; the message names the first wrong line and lists the others.
 */
final class AclFile {
    /** Room for as many of the longest rules as are allowed, and as much again for comments. */
    static final ByteSize MAX_SIZE = new ByteSize(16 << 20);
    /** Twice the longest rule. A longer line is not from a list of rules, and would not be shown. */
    static final int LONGEST_RULE = 100;
    private static final int LISTED = 10;
    private static final String ALLOWED = "'allow CIDR' or 'deny CIDR' in each line; # begins a comment";

    private static final String READABLE = "a readable file of at most " + MAX_SIZE
            + "; a relative path starts at the directory of the configuration file";

    /** The text in front of the number of a line. */
    private final String prefix;
    private final List<AclEntry> entries = new ArrayList<>();
    private final List<String> wrongLines = new ArrayList<>();
    private @Nullable ConfigException firstProblem;

    private AclFile(Path path) {
        prefix = path + ":";
    }

    /**
     * Reads a file.
     *
     * @return the rules, in their order
     * @throws ConfigException if the file cannot be read, or a line of it is wrong
     */
    static List<AclEntry> read(Path path) {
        AclFile file = new AclFile(path);
        int number = 0;
        for (String line : (Iterable<String>) text(path).lines()::iterator) {
            file.readLine(++number, line);
        }
        ConfigException problem = file.firstProblem;
        if (problem == null) {
            return file.entries;
        }
        throw new ConfigException(problem.key(), problem.what() + file.others(), problem.allowed(),
                problem.didYouMean());
    }

    private static String text(Path path) {
        // Anything else may have no end, or make this wait for one.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw unusable(path + " is not a regular file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes((int) MAX_SIZE.bytes() + 1);
            if (bytes.length > MAX_SIZE.bytes()) {
                throw unusable(path + " is larger than " + MAX_SIZE);
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unusable("cannot read " + path + ": " + reason(e));
        }
    }

    /** The exceptions of the JDK carry the path and not the reason. */
    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "no such file";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    private void readLine(int number, String line) {
        int comment = line.indexOf('#');
        String rule = (comment < 0 ? line : line.substring(0, comment)).strip();
        if (rule.isEmpty()) {
            return;
        }
        try {
            entries.add(parse(number, rule));
        } catch (ConfigException e) {
            if (firstProblem == null) {
                firstProblem = refused(prefix + number + ": " + e.what(), e.didYouMean());
            } else {
                wrongLines.add(String.valueOf(number));
            }
        }
    }

    private AclEntry parse(int number, String rule) {
        if (rule.length() > LONGEST_RULE || rule.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')) {
            throw new ConfigException("this is not a rule");
        }
        String[] words = rule.split("\\s+");
        Verdict verdict = switch (words[0]) {
            case "allow" -> Verdict.ALLOW;
            case "deny" -> Verdict.DENY;
            default -> throw new ConfigException(null, "'" + words[0] + "' is neither allow nor deny", null,
                    meantBy(words));
        };
        if (words.length != 2) {
            throw new ConfigException(words.length < 2
                    ? "there is no CIDR behind " + words[0]
                    : "there is something behind the CIDR: '" + words[2] + "'");
        }
        try {
            return AclEntry.ofFile(verdict, Cidr.parse(words[1]), prefix, number);
        } catch (ConfigException e) {
            throw new ConfigException(null, e.what(), null,
                    e.didYouMean() == null ? null : words[0] + " " + e.didYouMean());
        }
    }

    private static @Nullable String meantBy(String[] words) {
        String verdict = switch (words[0].toLowerCase(Locale.ROOT)) {
            case "allow", "permit", "accept" -> "allow";
            case "deny", "block", "drop", "reject" -> "deny";
            default -> null;
        };
        return verdict == null || words.length != 2 ? null : verdict + " " + words[1];
    }

    private String others() {
        if (wrongLines.isEmpty()) {
            return "";
        }
        return " (also wrong: line " + String.join(", ", wrongLines.subList(0, Math.min(LISTED, wrongLines.size())))
                + (wrongLines.size() > LISTED ? " and " + (wrongLines.size() - LISTED) + " more" : "") + ")";
    }

    private static ConfigException unusable(String what) {
        return new ConfigException("file", what, READABLE, null);
    }

    private static ConfigException refused(String what, @Nullable String didYouMean) {
        return new ConfigException("file", what, ALLOWED, didYouMean);
    }
}
