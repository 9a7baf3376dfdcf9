package dev.sluice.runtime.config;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Says in the words of someone who edits a file what the YAML scanner says in the words of its grammar. */
final class YamlSyntax {
    private YamlSyntax() {}

    record Finding(Location at, String what, @Nullable String allowed) {}

    static Finding explain(MarkedYamlEngineException failure, SourceText source) {
        String problem = Optional.ofNullable(failure.getProblem()).orElse("");
        Optional<Mark> problemMark = failure.getProblemMark();
        Optional<Mark> contextMark = failure.getContextMark();
        String context = Optional.ofNullable(failure.getContext()).orElse("")
                .replaceFirst("^while (scanning|parsing) an? ", "");
        boolean atEnd = problemMark.isPresent()
                && source.text().codePoints().skip(problemMark.get().getIndex()).allMatch(Character::isWhitespace);
        if (atEnd && contextMark.isPresent() && isBracketed(context)) {
            return new Finding(location(source, contextMark),
                    "the file ends inside the " + context + " that starts here", null);
        }
        Location at = location(source, problemMark.isPresent() ? problemMark : contextMark);
        if (problem.contains("TAB")) {
            return new Finding(at, "a tab indents this line", "spaces");
        }
        if (problem.startsWith("mapping values are not allowed")) {
            return new Finding(at, "a ':' cannot stand here",
                    "one key on a line, as far right as the keys beside it; text with ': ' in it in quotes");
        }
        if (problem.startsWith("could not find expected ':'")) {
            return new Finding(at, "a key without a ':' stands before this", "key: value");
        }
        if (problem.startsWith("expected <block end>") || problem.startsWith("sequence entries are not allowed")) {
            return new Finding(at, "this does not continue the " + context(context, contextMark),
                    "keys and list items of one level in the same column; addresses in quotes, as in \"[::1]:80\"");
        }
        if (problem.startsWith("expected ',' or")) {
            return new Finding(at, "this does not continue the " + context(context, contextMark),
                    "',' or the closing bracket; text with { } [ ] or , in it, such as \"${NAME}\", in quotes");
        }
        return new Finding(at, "this is not YAML: " + problem
                + (context.isEmpty() ? "" : " (in the " + context(context, contextMark) + ")"), null);
    }

    private static boolean isBracketed(String context) {
        return context.startsWith("flow ") || context.endsWith("quoted scalar");
    }

    private static String context(String context, Optional<Mark> mark) {
        return context + mark.map(m -> " that starts in line " + (m.getLine() + 1)).orElse("");
    }

    private static Location location(SourceText source, Optional<Mark> mark) {
        return mark.map(m -> new Location(source, m.getLine() + 1, m.getColumn() + 1)).orElseGet(source::start);
    }
}
