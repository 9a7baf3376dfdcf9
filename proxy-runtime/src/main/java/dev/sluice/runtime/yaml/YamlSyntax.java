package dev.sluice.runtime.yaml;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Explanations of syntax errors, in the words of a person who edits a file instead of those of the YAML grammar. */
final class YamlSyntax {
    private static final Map<String, String> CONSTRUCTS = Map.of("block mapping", "mapping", "block collection", "list",
            "flow mapping", "mapping in { }", "flow sequence", "list in [ ]", "quoted scalar", "text in quotes",
            "double-quoted scalar", "text in quotes");
    /** Constructs that go on until they are closed. */
    private static final Set<String> BRACKETED = Set.of("flow mapping", "flow sequence", "quoted scalar",
            "double-quoted scalar", "single-quoted scalar");

    private YamlSyntax() {}

    record Finding(Location at, String what, @Nullable String allowed) {}

    static Finding explain(MarkedYamlEngineException failure, SourceText source) {
        String problem = Optional.ofNullable(failure.getProblem()).orElse("");
        Optional<Mark> start = failure.getContextMark();
        Optional<Mark> mark = failure.getProblemMark().or(() -> start);
        String grammar = Optional.ofNullable(failure.getContext()).orElse("")
                .replaceFirst("^while (scanning|parsing) an? ", "");
        String construct = CONSTRUCTS.getOrDefault(grammar, grammar);
        boolean atEnd = mark.isPresent()
                && source.text().codePoints().skip(mark.get().getIndex()).allMatch(Character::isWhitespace);
        if (atEnd && start.isPresent() && BRACKETED.contains(grammar)) {
            return new Finding(location(source, start), "the file ends inside the " + construct + " that starts here",
                    null);
        }
        Location at = location(source, mark);
        String context = construct + start.map(m -> " that starts in line " + (m.getLine() + 1)).orElse("");
        if (problem.contains("TAB")) {
            return new Finding(at, "a tab indents this line", "spaces");
        }
        if (problem.contains("cannot start any token")) {
            return new Finding(at, "a value cannot start with this character",
                    "text that starts with % @ ` | or > in quotes");
        }
        if (problem.startsWith("expected '<document start>'")) {
            return new Finding(at, "this does not continue the text before it",
                    "at the top level one mapping, each of its keys in the first column");
        }
        if (problem.startsWith("mapping values are not allowed")) {
            return new Finding(at, "a ':' is not allowed here",
                    "one key on a line, as far right as the keys beside it; text with ': ' in it in quotes");
        }
        if (problem.startsWith("could not find expected ':'")) {
            return new Finding(at, "the key before this has no ':'", "key: value");
        }
        if (problem.startsWith("expected <block end>") || problem.startsWith("sequence entries are not allowed")) {
            return new Finding(at, "this does not continue the " + context,
                    "keys and list items of one level in the same column; addresses in quotes, as in \"[::1]:80\"");
        }
        if (problem.startsWith("expected ',' or")) {
            return new Finding(at, "this does not continue the " + context,
                    "',' or the closing bracket; text with { } [ ] or , in it, such as \"${NAME}\", in quotes");
        }
        if (problem.startsWith("expected the node content")) {
            return new Finding(at, "a value cannot start here", "a value; addresses in quotes, as in \"[::1]:80\"");
        }
        return new Finding(at, "this is not YAML: " + problem + (context.isEmpty() ? "" : " (in the " + context + ")"),
                null);
    }

    private static Location location(SourceText source, Optional<Mark> mark) {
        return mark.map(m -> new Location(source, m.getLine() + 1, m.getColumn() + 1)).orElseGet(source::start);
    }
}
