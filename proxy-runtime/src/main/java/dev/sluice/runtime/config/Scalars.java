package dev.sluice.runtime.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.config.ScalarParser.Result;
import org.jspecify.annotations.Nullable;

/** Parsers of everything that is neither a quantity with a unit nor an address. */
final class Scalars {
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern LEADING_ZEROS = Pattern.compile("0+([0-9]+)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    private Scalars() {}

    static ScalarParser<Integer> integer(int min, int max) {
        String allowed = "a whole number from " + min + " to " + max;
        return input -> {
            String text = input.text();
            Matcher zeros = LEADING_ZEROS.matcher(text);
            if (!INTEGER.matcher(text).matches()) {
                return new Bad<>(input.quoted() + " is not a whole number", allowed,
                        zeros.matches() ? inRange(zeros.group(1), min, max) : null);
            }
            if (!input.is(Node.Kind.NUMBER)) {
                return new Bad<>("the quotes make " + input.quoted() + " a text", allowed + ", without quotes", null);
            }
            // Ten digits hold every int, and nineteen every long.
            long value = text.length() > 11 ? Long.MAX_VALUE : Long.parseLong(text);
            if (text.startsWith("-") || value < min || value > max) {
                return new Bad<>(text.length() > 20 ? "this number is out of range" : text + " is out of range",
                        allowed, null);
            }
            return new Good<>((int) value);
        };
    }

    private static @Nullable String inRange(String digits, int min, int max) {
        if (digits.length() > 10) {
            return null;
        }
        long value = Long.parseLong(digits);
        return value >= min && value <= max ? Long.toString(value) : null;
    }

    static ScalarParser<Boolean> flag() {
        return input -> {
            String text = input.text();
            if (input.is(Node.Kind.BOOLEAN) && (text.equals("true") || text.equals("false"))) {
                return new Good<>(text.equals("true"));
            }
            String meant = switch (text.toLowerCase(Locale.ROOT)) {
                case "true", "yes", "on", "y" -> "true";
                case "false", "no", "off", "n" -> "false";
                default -> null;
            };
            return text.equals(meant)
                    ? new Bad<>("the quotes make " + input.quoted() + " a text", "true or false, without quotes", null)
                    : new Bad<>(input.quoted() + " is neither true nor false", "true or false", meant);
        };
    }

    /** One of the constants, written in lower case with hyphens. */
    @SafeVarargs
    static <E extends Enum<E>> ScalarParser<E> choice(E... constants) {
        List<String> names = new ArrayList<>();
        for (E constant : constants) {
            names.add(nameOf(constant));
        }
        return input -> {
            int index = names.indexOf(input.text());
            return index >= 0
                    ? new Good<>(constants[index])
                    : new Bad<>(input.quoted() + " is not one of the choices", String.join(", ", names),
                            DidYouMean.among(names, input.text()));
        };
    }

    private static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name of a thing of the configuration. */
    static Result<String> name(ScalarParser.Input input) {
        if (NAME.matcher(input.text()).matches()) {
            return new Good<>(input.text());
        }
        String meant = input.text().strip().replaceAll("[^A-Za-z0-9_.-]+", "-");
        return new Bad<>(input.quoted() + " is not a name", "1 to 64 of the letters A-Z a-z, digits, '_', '.' and '-'",
                NAME.matcher(meant).matches() && !meant.equals("-") ? meant : null);
    }

    /** Any text that says something. */
    static Result<String> text(ScalarParser.Input input) {
        return input.text().isBlank()
                ? new Bad<>("this text is empty", "text that is not empty", null)
                : new Good<>(input.text());
    }

    /** Text of one line. */
    static Result<String> line(ScalarParser.Input input) {
        return input.text().chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')
                ? new Bad<>("this text has a line break or another control character in it",
                        "one line; over several lines of YAML, >- joins them", null)
                : text(input);
    }

    /** A path that this system can name. */
    static Result<String> path(ScalarParser.Input input) {
        try {
            Path path = Path.of(input.text());
            return input.text().isBlank()
                    ? new Bad<>("this path is empty", "the path of a file", null)
                    : new Good<>(path.toString());
        } catch (InvalidPathException e) {
            return new Bad<>(input.quoted() + " cannot be a path on this system: " + e.getReason(),
                    "the path of a file", null);
        }
    }
}
