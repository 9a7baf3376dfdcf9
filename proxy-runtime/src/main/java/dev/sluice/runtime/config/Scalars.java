package dev.sluice.runtime.config;

import java.math.BigInteger;
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
import dev.sluice.runtime.config.model.LogTarget;
import dev.sluice.runtime.yaml.Node;
import org.jspecify.annotations.Nullable;

/** Parsers of everything that is neither a quantity with a unit nor an address. */
final class Scalars {
    private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern LEADING_ZEROS = Pattern.compile("0+([0-9]+)");
    private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?");
    private static final int LONGEST_DECIMAL = 64;
    private static final Pattern NAME_PATTERN = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    /** The name of a thing of the configuration. */
    static final ScalarParser<String> NAME = ScalarParser.of(new ScalarSyntax.Text(NAME_PATTERN.pattern(), true),
            Scalars::name);

    /** The path of a file. */
    static final ScalarParser<Path> PATH = Scalars::path;

    private Scalars() {}

    static ScalarParser<Integer> integer(int min, int max) {
        return whole(min, max).map(Long::intValue);
    }

    static ScalarParser<Long> whole(long min, long max) {
        String allowed = "a whole number from " + min + " to " + max;
        return ScalarParser.of(new ScalarSyntax.Whole(min, max), input -> {
            String text = input.text();
            Matcher zeros = LEADING_ZEROS.matcher(text);
            if (!INTEGER.matcher(text).matches()) {
                return new Bad<>(input.quoted() + " is not a whole number", allowed,
                        zeros.matches() ? inRange(zeros.group(1), min, max) : null);
            }
            if (!input.is(Node.Kind.NUMBER)) {
                return new Bad<>(input.quoted() + " is a text because of its quotes", allowed + ", without quotes",
                        null);
            }
            // A sign and nineteen digits express every long; longer texts are not parsed.
            BigInteger value = text.length() > 20 ? null : new BigInteger(text);
            if (value == null || value.compareTo(BigInteger.valueOf(min)) < 0
                    || value.compareTo(BigInteger.valueOf(max)) > 0) {
                return new Bad<>(value == null ? "this number is out of range" : text + " is out of range", allowed,
                        null);
            }
            return new Good<>(value.longValue());
        });
    }

    private static @Nullable String inRange(String digits, long min, long max) {
        if (digits.length() > 18) {
            return null;
        }
        long value = Long.parseLong(digits);
        return value >= min && value <= max ? Long.toString(value) : null;
    }

    /** A number, with or without a fraction; no exponents. */
    static ScalarParser<Double> decimal() {
        String allowed = "a number, such as 5 or 0.25";
        return ScalarParser.of(new ScalarSyntax.Decimal(), input -> {
            if (input.text().length() > LONGEST_DECIMAL || !DECIMAL.matcher(input.text()).matches()) {
                return new Bad<>(input.quoted() + " is not a number", allowed, null);
            }
            return input.is(Node.Kind.NUMBER)
                    ? new Good<>(Double.parseDouble(input.text()))
                    : new Bad<>(input.quoted() + " is a text because of its quotes", allowed + ", without quotes",
                            null);
        });
    }

    static ScalarParser<Boolean> flag() {
        return ScalarParser.of(new ScalarSyntax.Flag(), input -> {
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
                    ? new Bad<>(input.quoted() + " is a text because of its quotes", "true or false, without quotes",
                            null)
                    : new Bad<>(input.quoted() + " is neither true nor false", "true or false", meant);
        });
    }

    /** One of the constants, written in lower case with hyphens. */
    @SafeVarargs
    static <E extends Enum<?>> ScalarParser<E> choice(E... constants) {
        List<String> names = new ArrayList<>();
        for (E constant : constants) {
            names.add(nameOf(constant));
        }
        return ScalarParser.of(new ScalarSyntax.Choice(names), input -> {
            int index = names.indexOf(input.text());
            return index >= 0
                    ? new Good<>(constants[index])
                    : new Bad<>(input.quoted() + " is not one of the choices", String.join(", ", names),
                            DidYouMean.among(names, input.text()));
        });
    }

    /** The constant as written in a configuration. */
    static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The name of a thing of the configuration. */
    static Result<String> name(ScalarParser.Input input) {
        if (NAME_PATTERN.matcher(input.text()).matches()) {
            return new Good<>(input.text());
        }
        String meant = input.text().strip().replaceAll("[^A-Za-z0-9_.-]+", "-");
        return new Bad<>(input.quoted() + " is not a name", "1 to 64 of the letters A-Z a-z, digits, '_', '.' and '-'",
                NAME_PATTERN.matcher(meant).matches() && !meant.equals("-") ? meant : null);
    }

    /** Any text that is not blank. */
    static Result<String> text(ScalarParser.Input input) {
        return input.text().isBlank()
                ? new Bad<>("this text is empty", "text that is not empty", null)
                : new Good<>(input.text());
    }

    /** Any text that is not empty; a line end is text as well. */
    static Result<String> bytes(ScalarParser.Input input) {
        return input.text().isEmpty() ? text(input) : new Good<>(input.text());
    }

    /** Text of one line. */
    static Result<String> line(ScalarParser.Input input) {
        return input.text().chars().anyMatch(c -> Character.isISOControl(c) && c != '\t')
                ? new Bad<>("this text has a line break or another control character in it",
                        "one line; over several lines of YAML, >- joins them", null)
                : text(input);
    }

    /** A path that is valid on this system. */
    static Result<Path> path(ScalarParser.Input input) {
        try {
            Path path = Path.of(input.text());
            return input.text().isBlank()
                    ? new Bad<>("this path is empty", "the path of a file", null)
                    : new Good<>(path);
        } catch (InvalidPathException e) {
            return new Bad<>(input.quoted() + " cannot be a path on this system: " + e.getReason(),
                    "the path of a file", null);
        }
    }

    /** A stream of the process by one of its usual names, or a path; {@code ./stdout} is a file. */
    static Result<LogTarget> logTarget(ScalarParser.Input input) {
        return switch (input.text()) {
            case "stdout", "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1" -> new Good<>(LogTarget.Stream.STDOUT);
            case "stderr", "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2" -> new Good<>(LogTarget.Stream.STDERR);
            default -> PATH.<LogTarget>map(LogTarget.File::new).parse(input);
        };
    }
}
