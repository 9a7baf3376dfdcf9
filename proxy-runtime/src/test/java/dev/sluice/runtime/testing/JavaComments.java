package dev.sluice.runtime.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The comments of one Java source, and the rules for them that they break. The text is split into comments,
 * words and punctuation, which is enough to find the declaration behind a comment.
 */
public final class JavaComments {
    /** Words with which a definition does not begin: the noun that it is about would come last. */
    private static final Set<String> NOT_FIRST = Set.of("What", "Who", "Where", "How", "Which", "So", "Why", "When");
    /** Phrases in which a thing is a person, or a sentence has no subject. */
    private static final Pattern DENIED = Pattern
            .compile("\\b(in vain|whoever|somebody|for want of|any more(?=[.,;:)]))", Pattern.CASE_INSENSITIVE);
    private static final Set<String> MODIFIERS = Set.of("public", "protected", "private", "abstract", "final", "static",
            "sealed", "non", "-", "strictfp");
    private static final Set<String> TYPES = Set.of("class", "interface", "enum");
    private static final Pattern TOKEN = Pattern.compile(
            "\"\"\".*?(?<!\\\\)\"\"\"|\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])+'"
                    + "|(?<comment>/\\*.*?\\*/|//[^\n]*)|(?<word>[\\w$]+)|(?<mark>[@(){};.<-])",
            Pattern.DOTALL);

    private record Token(String text, int start, boolean comment) {
        boolean isDoc() {
            return comment && text.startsWith("/**");
        }
    }

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private JavaComments(String source) {
        this.source = source;
        for (Matcher matcher = TOKEN.matcher(source); matcher.find();) {
            boolean comment = matcher.group("comment") != null;
            if (comment || matcher.group("word") != null || matcher.group("mark") != null) {
                tokens.add(new Token(matcher.group(), matcher.start(), comment));
            }
        }
    }

    /**
     * The broken rules, each with its line.
     *
     * @param needed whether a type at the top level needs a comment
     */
    public static List<String> problems(String source, boolean needed) {
        JavaComments comments = new JavaComments(source);
        comments.checkTypes();
        comments.checkPhrases();
        if (needed) {
            comments.checkPresence();
        }
        return comments.problems;
    }

    private void checkTypes() {
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            String type = token.isDoc() ? typeAt(declarationAfter(i + 1)) : "";
            String first = firstWord(token.text());
            if (!type.isEmpty() && NOT_FIRST.contains(first)) {
                report(token, "the comment of " + type + " begins with '" + first + "', not with a noun");
            }
        }
    }

    private void checkPhrases() {
        for (Token token : tokens) {
            Matcher denied = DENIED.matcher(token.comment() ? token.text().replaceAll("\\s+(\\*|//)?\\s*", " ") : "");
            if (denied.find()) {
                report(token, "a comment has '" + denied.group().toLowerCase(Locale.ROOT) + "'");
            }
        }
    }

    private void checkPresence() {
        int depth = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            if (token.comment()) {
                continue;
            }
            depth += token.text().equals("{") ? 1 : token.text().equals("}") ? -1 : 0;
            boolean starts = depth == 0 && isStart(i);
            int declaration = starts ? declarationAfter(i) : -1;
            String type = typeAt(declaration);
            if (!type.isEmpty() && !hasDoc(i, declaration)) {
                report(token, type + " has no comment");
            }
        }
    }

    /** Whether a declaration of the top level begins here. */
    private boolean isStart(int index) {
        int before = index - 1;
        while (before >= 0 && tokens.get(before).comment()) {
            before--;
        }
        return before < 0 || tokens.get(before).text().equals(";") || tokens.get(before).text().equals("}");
    }

    /** Before the declaration, or between its annotations. */
    private boolean hasDoc(int start, int declaration) {
        int from = start;
        while (from > 0 && tokens.get(from - 1).comment()) {
            from--;
        }
        return tokens.subList(from, declaration).stream().anyMatch(Token::isDoc);
    }

    /** The index behind comments, annotations and modifiers. */
    private int declarationAfter(int index) {
        int i = index;
        while (i < tokens.size()) {
            if (tokens.get(i).comment() || MODIFIERS.contains(text(i))) {
                i++;
            } else if (text(i).equals("@") && !text(i + 1).equals("interface")) {
                i = behindAnnotation(i + 1);
            } else {
                return i;
            }
        }
        return i;
    }

    private int behindAnnotation(int name) {
        int i = name + 1;
        while (text(i).equals(".")) {
            i += 2;
        }
        if (!text(i).equals("(")) {
            return i;
        }
        int depth = 0;
        do {
            depth += text(i).equals("(") ? 1 : text(i).equals(")") ? -1 : 0;
            i++;
        } while (depth > 0 && i < tokens.size());
        return i;
    }

    /** The name of the type that is declared here; empty if it is another declaration. */
    private String typeAt(int index) {
        if (index < 0) {
            return "";
        }
        if (text(index).equals("@") && text(index + 1).equals("interface")) {
            return text(index + 2);
        }
        boolean record = text(index).equals("record") && (text(index + 2).equals("(") || text(index + 2).equals("<"));
        return record || TYPES.contains(text(index)) ? text(index + 1) : "";
    }

    private String text(int index) {
        return index < tokens.size() ? tokens.get(index).text() : "";
    }

    private static String firstWord(String comment) {
        Matcher word = Pattern.compile("[A-Za-z]+").matcher(comment);
        Matcher start = Pattern.compile("/\\*\\*[\\s*]*").matcher(comment);
        return start.lookingAt() && word.find(start.end()) && word.start() == start.end() ? word.group() : "";
    }

    private void report(Token token, String problem) {
        long line = source.substring(0, token.start()).chars().filter(c -> c == '\n').count() + 1;
        problems.add(line + ": " + problem);
    }
}
