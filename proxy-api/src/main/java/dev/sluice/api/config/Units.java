package dev.sluice.api.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/** Binary prefixes of sizes. */
final class Units {
    private static final Pattern LOOSE = Pattern.compile("\\+?([1-9][0-9]{0,17})\\s*([kmg]?)i?b?(?:ytes)?");

    private Units() {}

    static long bytes(String symbol) {
        return switch (symbol) {
            case "KiB" -> 1L << 10;
            case "MiB" -> 1L << 20;
            case "GiB" -> 1L << 30;
            default -> 1;
        };
    }

    /** Formats a size in the largest unit that leaves no fraction. */
    static String show(long bytes) {
        for (String symbol : new String[]{"GiB", "MiB", "KiB"}) {
            if (bytes != 0 && bytes % bytes(symbol) == 0) {
                return bytes / bytes(symbol) + symbol;
            }
        }
        return Long.toString(bytes);
    }

    /** Guesses the size meant by {@code 10 MB}: {@code 10MiB}. */
    static @Nullable String sizeMeantBy(String text) {
        Matcher matcher = LOOSE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return null;
        }
        return matcher.group(1) + switch (matcher.group(2)) {
            case "k" -> "KiB";
            case "m" -> "MiB";
            case "g" -> "GiB";
            default -> "";
        };
    }
}
