package dev.sluice.runtime.config;

import java.util.Collection;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** A search for the name that was probably meant. */
final class DidYouMean {
    private static final int LONGEST = 64;
    /** The most candidates compared: comparing costs time, and a configuration may define many names. */
    private static final int MOST = 1000;

    private DidYouMean() {}

    /**
     * The nearest candidate, or null when none is near. Near is one edit for every four characters, and at least one.
     */
    static @Nullable String among(Collection<String> candidates, String typo) {
        if (typo.length() > LONGEST) {
            return null;
        }
        String written = normal(typo);
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : candidates.stream().limit(MOST).toList()) {
            int distance = distance(written, normal(candidate));
            if (distance < bestDistance && distance <= Math.max(1, candidate.length() / 4)
                    && distance < candidate.length() && !candidate.equals(typo)) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best;
    }

    /**
     * The name without case, hyphens and underscores: other tools write idle_timeout or idle-timeout for idleTimeout,
     * which is no edit.
     */
    private static String normal(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    }

    /**
     * The number of edits from one to the other: insert, delete, replace, swap two neighbours (optimal string
     * alignment).
     */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
