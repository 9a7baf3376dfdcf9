package dev.sluice.runtime.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.config.ScalarParser.Result;
import org.jspecify.annotations.Nullable;

/** Parsers of durations ({@code 250ms 3s 5m 1h}) and sizes ({@code 512 64KiB 10MiB}). */
public final class Quantities {
    private static final Pattern STRICT = Pattern.compile("(0|[1-9][0-9]{0,17})([A-Za-z]*)");
    /** The forms that people write instead. */
    private static final Pattern LOOSE = Pattern.compile("\\+?([0-9]{1,18}(?:\\.[0-9]{1,9})?)\\s*([A-Za-z]*)");
    private static final int LONGEST = 64;

    private static final Unit MS = new Unit("ms", 1);
    private static final Unit S = new Unit("s", 1000);
    private static final Unit M = new Unit("m", 60 * 1000);
    private static final Unit H = new Unit("h", 60 * 60 * 1000);
    private static final Unit BYTE = new Unit("", 1);
    private static final Unit KIB = new Unit("KiB", 1L << 10);
    private static final Unit MIB = new Unit("MiB", 1L << 20);
    private static final Unit GIB = new Unit("GiB", 1L << 30);

    private static final Scale DURATION = new Scale("a duration", "250ms, 3s, 5m or 1h", List.of(H, M, S, MS), S,
            Map.ofEntries(Map.entry("msec", MS), Map.entry("millis", MS), Map.entry("milliseconds", MS),
                    Map.entry("sec", S), Map.entry("secs", S), Map.entry("second", S), Map.entry("seconds", S),
                    Map.entry("min", M), Map.entry("mins", M), Map.entry("minute", M), Map.entry("minutes", M),
                    Map.entry("hr", H), Map.entry("hour", H), Map.entry("hours", H),
                    Map.entry("d", new Unit("d", 24 * H.factor)), Map.entry("day", new Unit("d", 24 * H.factor)),
                    Map.entry("days", new Unit("d", 24 * H.factor))));
    private static final Scale SIZE = new Scale("a size", "512, 64KiB, 10MiB or 1GiB", List.of(GIB, MIB, KIB, BYTE),
            BYTE,
            Map.ofEntries(Map.entry("b", BYTE), Map.entry("bytes", BYTE), Map.entry("k", KIB), Map.entry("kb", KIB),
                    Map.entry("ki", KIB), Map.entry("m", MIB), Map.entry("mb", MIB), Map.entry("mi", MIB),
                    Map.entry("g", GIB), Map.entry("gb", GIB), Map.entry("gi", GIB)));

    private record Unit(String symbol, long factor) {}

    /**
     * @param units from large to small
     * @param usual the unit that a number without a unit was probably meant in
     * @param aliases refused, but understood; in lower case
     */
    private record Scale(String noun, String examples, List<Unit> units, Unit usual, Map<String, Unit> aliases) {
        @Nullable
        Unit exactly(String symbol) {
            return units.stream().filter(u -> u.symbol.equals(symbol)).findFirst().orElse(null);
        }

        @Nullable
        Unit probably(String symbol) {
            if (symbol.isEmpty()) {
                return usual;
            }
            String lower = symbol.toLowerCase(Locale.ROOT);
            return units.stream().filter(u -> u.symbol.toLowerCase(Locale.ROOT).equals(lower)).findFirst()
                    .orElse(aliases.get(lower));
        }

        /** The amount in the largest unit that leaves no fraction. */
        String show(long amount) {
            Unit unit = units.stream().filter(u -> amount != 0 && amount % u.factor == 0).findFirst().orElse(usual);
            return amount / unit.factor + unit.symbol;
        }
    }

    private Quantities() {}

    /** Durations of whole milliseconds, bounds included. */
    static ScalarParser<Duration> duration(Duration min, Duration max) {
        return duration(min, max, true);
    }

    /**
     * Durations whose bounds only their user knows. A number without a unit gets no suggestion, which could be out of
     * range.
     */
    static ScalarParser<Duration> unboundedDuration(Duration max) {
        return duration(Duration.ZERO, max, false);
    }

    private static ScalarParser<Duration> duration(Duration min, Duration max, boolean bounded) {
        ScalarParser<Long> millis = input -> withoutGuess(input, bounded,
                parse(DURATION, input, min.toMillis(), max.toMillis()));
        return ScalarParser.of(ScalarSyntax.DURATION, millis.map(Duration::ofMillis));
    }

    private static Result<Long> withoutGuess(ScalarParser.Input input, boolean bounded, Result<Long> result) {
        boolean bare = input.text().strip().chars().noneMatch(Character::isLetter);
        return !bounded && bare && result instanceof Bad<Long> bad
                ? new Bad<>(bad.what(), bad.allowed(), null)
                : result;
    }

    /** Durations, bounds included, and {@code off}, which is zero. */
    static ScalarParser<Duration> durationOrOff(Duration min, Duration max) {
        ScalarParser<Duration> any = duration(min, max);
        return ScalarParser.of(ScalarSyntax.DURATION_OR_OFF, input -> {
            if (input.text().equals("off")) {
                return new Good<>(Duration.ZERO);
            }
            Result<Duration> result = any.parse(input);
            return result instanceof Bad<Duration> bad
                    ? new Bad<>(bad.what(), "off, or " + bad.allowed(), bad.didYouMean())
                    : result;
        });
    }

    /** Durations of whole seconds, bounds included. */
    static ScalarParser<Duration> seconds(int min, int max) {
        ScalarParser<Duration> any = duration(Duration.ofSeconds(min), Duration.ofSeconds(max));
        return ScalarParser.of(any.syntax(), input -> {
            Result<Duration> result = any.parse(input);
            if (result instanceof Good<Duration>(Duration value) && value.toMillis() % 1000 != 0) {
                return new Bad<>(input.quoted() + " is not a number of whole seconds",
                        "whole seconds from " + min + "s to " + max + "s", value.toSeconds() + "s");
            }
            return result;
        });
    }

    /** Sizes in bytes, bounds included. */
    static ScalarParser<Long> size(long min, long max) {
        return ScalarParser.of(ScalarSyntax.SIZE, input -> parse(SIZE, input, min, max));
    }

    /** A duration as it is written in a configuration. */
    public static String show(Duration duration) {
        return DURATION.show(duration.toMillis());
    }

    static String show(long bytes) {
        return SIZE.show(bytes);
    }

    private static Result<Long> parse(Scale scale, ScalarParser.Input input, long min, long max) {
        String allowed = scale.noun + " from " + scale.show(min) + " to " + scale.show(max) + ", such as "
                + scale.examples;
        String text = input.text();
        Matcher strict = STRICT.matcher(text);
        Unit unit = text.length() <= LONGEST && strict.matches() ? scale.exactly(strict.group(2)) : null;
        if (unit == null) {
            return refused(scale, input, allowed, min, max);
        }
        long number = Long.parseLong(strict.group(1));
        if (number > max / unit.factor || number * unit.factor < min) {
            return new Bad<>(input.quoted() + " is out of range", allowed, null);
        }
        return new Good<>(number * unit.factor);
    }

    private static Result<Long> refused(Scale scale, ScalarParser.Input input, String allowed, long min, long max) {
        String text = input.text().strip();
        if (text.startsWith("-") && LOOSE.matcher(text.substring(1)).matches()) {
            return new Bad<>(input.quoted() + " is negative", allowed, null);
        }
        Matcher loose = LOOSE.matcher(text);
        if (text.length() > LONGEST || !loose.matches()) {
            return new Bad<>(input.quoted() + " is not " + scale.noun, allowed, null);
        }
        Unit unit = scale.probably(loose.group(2));
        String meant = null;
        if (unit != null) {
            BigDecimal amount = new BigDecimal(loose.group(1)).multiply(BigDecimal.valueOf(unit.factor))
                    .stripTrailingZeros();
            boolean possible = amount.scale() <= 0 && amount.compareTo(BigDecimal.valueOf(min)) >= 0
                    && amount.compareTo(BigDecimal.valueOf(max)) <= 0;
            meant = possible ? meant(scale, loose.group(1), unit, amount.longValueExact()) : null;
        }
        String defect = loose.group(2).isEmpty() && loose.group(1).matches("0|[1-9][0-9]*")
                ? " has no unit"
                : " is not " + scale.noun;
        return new Bad<>(input.quoted() + defect, allowed, meant);
    }

    /** The amount as close as possible to what was written: 90sec becomes 90s, although 1.5m is the same. */
    private static String meant(Scale scale, String number, Unit unit, long amount) {
        boolean whole = number.indexOf('.') < 0 && scale.units.contains(unit);
        return whole ? amount / unit.factor + unit.symbol : scale.show(amount);
    }
}
