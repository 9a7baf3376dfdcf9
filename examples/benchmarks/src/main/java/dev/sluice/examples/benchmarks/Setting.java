package dev.sluice.examples.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * One setting of a peer, with its reason, and the place where its authors recommend it.
 *
 * @param peer name of the program
 * @param section of the report in which it is used, or {@link #EVERYWHERE}
 * @param text the setting as it stands in the configuration; words in capitals are replaced when a peer is started
 * @param why in one sentence
 * @param source section of the manual, or statement of a maintainer
 * @param written whether it stands in the configuration; otherwise it is the default, and was looked at and kept
 */
record Setting(String peer, String section, String text, String why, String source, boolean written) {
    /** Sections of a setting that is used in all of them. */
    static final String EVERYWHERE = "all";

    /** A line of the configuration, in every section of the report. */
    static Setting of(String peer, String text, String why, String source) {
        return new Setting(peer, EVERYWHERE, text, why, source, true);
    }

    /** A default that an expert might be expected to change. */
    static Setting kept(String peer, String text, String why, String source) {
        return new Setting(peer, EVERYWHERE, text, why, source, false);
    }

    /** The same setting for one section of the report only. */
    Setting in(String only) {
        return new Setting(peer, only, text, why, source, written);
    }

    /** The same setting with a word in capitals replaced. */
    Setting with(String word, String value) {
        return new Setting(peer, section, text.replace(word, value), why, source, written);
    }

    /**
     * Lines of a configuration, each below a comment with its reason.
     *
     * @param indent white space before each line
     * @param values for the words in capitals
     */
    static String lines(List<Setting> settings, String indent, Map<String, String> values) {
        StringBuilder lines = new StringBuilder();
        for (Setting setting : settings) {
            if (setting.written) {
                lines.append(indent).append("# ").append(setting.why).append(" (").append(setting.source).append(")\n")
                        .append(indent).append(setting.filledIn(values)).append('\n');
            }
        }
        return lines.toString();
    }

    private String filledIn(Map<String, String> values) {
        String line = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            line = line.replaceAll("\\b" + value.getKey() + "\\b", value.getValue());
        }
        return line;
    }
}
