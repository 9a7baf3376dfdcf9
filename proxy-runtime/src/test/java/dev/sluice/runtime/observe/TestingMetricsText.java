package dev.sluice.runtime.observe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

/** Reads the text format 0.0.4 of Prometheus strictly: every line is understood, or the test fails. */
public final class TestingMetricsText {
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram|summary)");
    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_][a-z0-9_]*) \\S.*");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_][a-z0-9_]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern
            .compile("([a-z_][a-z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\n\"])*)\"(?:,|$)");

    private final Map<String, String> types = new TreeMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();

    /** Parses a scrape. */
    public TestingMetricsText(String text) {
        assertTrue(text.endsWith("\n"));
        String family = "";
        for (String line : text.lines().toList()) {
            Matcher help = HELP.matcher(line);
            Matcher type = TYPE.matcher(line);
            Matcher sample = SAMPLE.matcher(line);
            if (help.matches()) {
                family = help.group(1);
            } else if (type.matches()) {
                assertEquals(family, type.group(1), "HELP comes before TYPE");
                assertNull(types.put(family, type.group(2)), "one TYPE per family: " + family);
            } else if (sample.matches()) {
                String name = sample.group(1);
                String base = "histogram".equals(types.get(family)) || "summary".equals(types.get(family))
                        ? name.replaceFirst("_(bucket|sum|count)$", "")
                        : name;
                assertEquals(family, base, line);
                String labels = sample.group(2);
                Map<String, String> sorted = new TreeMap<>();
                if (labels != null) {
                    Matcher label = LABEL.matcher(labels);
                    int end = 0;
                    while (label.find()) {
                        assertEquals(end, label.start(), line);
                        sorted.put(label.group(1), label.group(2));
                        end = label.end();
                    }
                    assertEquals(labels.length(), end, line);
                }
                String value = sample.group(3).replace("+Inf", "Infinity");
                assertNull(samples.put(name + sorted, Double.parseDouble(value)), "one sample per series: " + line);
            } else {
                fail("not in the format: " + line);
            }
        }
    }

    /** The value of a series, for example {@code value("sluice_bytes_total", "listener", "edge", "direction", "client-to-upstream")}. */
    public double value(String name, String... labels) {
        Map<String, String> sorted = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            sorted.put(labels[i], labels[i + 1]);
        }
        Double value = samples.get(name + sorted);
        assertNotNull(value, name + sorted + " is not among " + samples.keySet());
        return value;
    }

    /** Names of the families, with their type, that start with a prefix. */
    public Map<String, String> families(String prefix) {
        Map<String, String> result = new TreeMap<>(types);
        result.keySet().removeIf(name -> !name.startsWith(prefix));
        return result;
    }

    /** The series of one name. */
    public Set<String> series(String name) {
        Set<String> result = new TreeSet<>();
        for (String series : samples.keySet()) {
            if (series.startsWith(name + "{")) {
                result.add(series.substring(name.length()));
            }
        }
        return result;
    }
}
