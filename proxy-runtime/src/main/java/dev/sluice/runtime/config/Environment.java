package dev.sluice.runtime.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.sluice.runtime.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * The variables that replace <code>${NAME}</code> and <code>${NAME:-default}</code> in the text of a scalar;
 * <code>$${</code> is a literal <code>${</code>. As in a shell, the default is also used for an empty variable.
 * Replaced text is not searched again.
 */
final class Environment {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String FORMS = "${NAME} or ${NAME:-default}, and $${ for ${ itself";

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = Map.copyOf(variables);
    }

    /** The same environment with another variable. */
    Environment with(String variable, String value) {
        Map<String, String> more = new HashMap<>(variables);
        more.put(variable, value);
        return new Environment(more);
    }

    /**
     * A text with its variables replaced.
     *
     * @param text the result
     * @param names the variables that were used, in order
     * @param problem the problem with the text; null = none
     */
    record Replaced(String text, List<String> names, ScalarParser.@Nullable Bad<String> problem) {}

    Replaced replace(String text) {
        StringBuilder out = new StringBuilder();
        List<String> names = new ArrayList<>();
        int done = 0;
        for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", done)) {
            out.append(text, done, at);
            if (out.length() > 0 && at > done && text.charAt(at - 1) == '$') {
                out.setLength(out.length() - 1);
                out.append("${");
                done = at + 2;
                continue;
            }
            int end = text.indexOf('}', at);
            if (end < 0) {
                return bad(names, "this ${ has no }", FORMS);
            }
            String reference = text.substring(at + 2, end);
            int separator = reference.indexOf(":-");
            String name = separator < 0 ? reference : reference.substring(0, separator);
            if (!NAME.matcher(name).matches()) {
                return bad(names, Printable.quote("${" + reference + "}") + " does not name a variable", FORMS);
            }
            if (reference.contains("${")) {
                return bad(names, "the default of ${" + name + "} holds another ${", FORMS);
            }
            String value = variables.get(name);
            if (separator < 0 && value == null) {
                return bad(names, "the environment variable " + name + " is not set",
                        "a variable that is set, or ${" + name + ":-default}");
            }
            names.add(name);
            out.append(
                    value == null || (value.isEmpty() && separator >= 0) ? reference.substring(separator + 2) : value);
            done = end + 1;
        }
        return new Replaced(out.append(text, done, text.length()).toString(), names, null);
    }

    private static Replaced bad(List<String> names, String what, String allowed) {
        return new Replaced("", names, new ScalarParser.Bad<>(what, allowed, null));
    }
}
