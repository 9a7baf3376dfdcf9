package dev.sluice.runtime.selection;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;

/**
 * A parser of expressions. One text, one thread.
 *
 * <pre>
 *   any        = all ("or" all)*
 *   all        = one ("and" one)*
 *   one        = "not" one | "(" any ")" | field sign value | field "in" value ("," value)*
 *   sign       = "=" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;="
 * </pre>
 */
public final class SelectionParser {
    private static final int LONGEST = 2_000;
    private static final int DEEPEST = 20;
    private static final int MOST_CONDITIONS = 64;

    private final SelectionLexer words;
    private final Units units;
    private int depth;
    private int conditions;

    private SelectionParser(String text, Units units) {
        this.words = new SelectionLexer(text);
        this.units = units;
    }

    /** Parses an expression. */
    public static Selection parse(String text, Units units) throws SelectionException {
        if (text.length() > LONGEST) {
            throw new SelectionException(LONGEST + 1,
                    "the expression is too long; allowed: " + LONGEST + " characters");
        }
        SelectionParser parser = new SelectionParser(text, units);
        Selection all = parser.any();
        if (!parser.words.atEnd()) {
            throw parser.words.unexpected("\"and\", \"or\" or the end");
        }
        return all;
    }

    private Selection any() throws SelectionException {
        List<Selection> parts = new ArrayList<>(List.of(all()));
        while (words.take("or")) {
            parts.add(all());
        }
        return parts.size() == 1 ? parts.getFirst() : new Selection.Junction(false, List.copyOf(parts));
    }

    private Selection all() throws SelectionException {
        List<Selection> parts = new ArrayList<>(List.of(one()));
        while (words.take("and")) {
            parts.add(one());
        }
        return parts.size() == 1 ? parts.getFirst() : new Selection.Junction(true, List.copyOf(parts));
    }

    private Selection one() throws SelectionException {
        if (++depth > DEEPEST) {
            throw words.refused("more than " + DEEPEST + " levels of \"not\" and parentheses");
        }
        Selection one;
        if (words.take("not")) {
            one = new Selection.Opposite(one());
        } else if (words.take("(")) {
            one = any();
            if (!words.take(")")) {
                throw words.unexpected("\"and\", \"or\" or \")\"");
            }
        } else {
            one = condition();
        }
        depth--;
        return one;
    }

    private Selection condition() throws SelectionException {
        if (words.atEnd() || !words.isWord()) {
            throw words.unexpected("a field: " + Fact.names());
        }
        if (++conditions > MOST_CONDITIONS) {
            throw words.refused("more than " + MOST_CONDITIONS + " conditions");
        }
        Fact fact = Fact.of(words.peek());
        if (fact == null) {
            throw words.refused("unknown field \"" + words.peek() + "\"; allowed: " + Fact.names());
        }
        words.next();
        return switch (fact.kind()) {
            case TEXT -> texts(fact);
            case ADDRESS -> addresses(fact);
            case NUMBER, TIME, SIZE -> numbers(fact);
        };
    }

    private Selection numbers(Fact fact) throws SelectionException {
        for (Selection.Order order : Selection.Order.values()) {
            if (words.take(order.sign())) {
                return new Selection.Numbers(fact, order, quantity(fact));
            }
        }
        throw words.unexpected("a comparison of " + fact.label() + ": " + Stream.of(Selection.Order.values())
                .map(Selection.Order::sign).collect(Collectors.joining(" ")));
    }

    private long quantity(Fact fact) throws SelectionException {
        String text = words.value(fact.label());
        try {
            return switch (fact.kind()) {
                case TIME -> units.duration(text).toNanos();
                case SIZE -> units.size(text);
                case NUMBER, TEXT, ADDRESS -> number(text);
            };
        } catch (IllegalArgumentException e) {
            throw words.wrong(fact.label() + ": " + e.getMessage());
        }
    }

    private static long number(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("'" + text + "' is no number; allowed: a whole number such as 8");
        }
        return Long.parseLong(text);
    }

    /** Whether the condition is to be met or not, behind the name of a field that is compared for equality. */
    private boolean equality(Fact fact) throws SelectionException {
        if (words.take("=")) {
            return true;
        }
        if (words.take("!=")) {
            return false;
        }
        throw words.unexpected("a comparison of " + fact.label() + ": = != in");
    }

    private static Selection negated(Selection condition, boolean met) {
        return met ? condition : new Selection.Opposite(condition);
    }

    private Selection texts(Fact fact) throws SelectionException {
        boolean list = words.take("in");
        boolean met = list || equality(fact);
        List<Selection.TextPattern> patterns = new ArrayList<>();
        do {
            patterns.add(pattern(fact));
        } while (list && words.take(","));
        return negated(new Selection.Texts(fact, List.copyOf(patterns)), met);
    }

    /** A value that could never be met is a mistake, and its opposite would be met by all. */
    private Selection.TextPattern pattern(Fact fact) throws SelectionException {
        String text = words.value(fact.label());
        Selection.TextPattern pattern = Selection.TextPattern.of(text);
        if (pattern.fixed().contains("*")) {
            throw words.wrong(fact.label() + ": \"" + text
                    + "\" has a star in its middle; allowed: stars at the beginning and at the end");
        }
        if (!fact.words().isEmpty() && fact.words().stream().noneMatch(pattern::matches)) {
            throw words.wrong(
                    fact.label() + ": there is no \"" + text + "\"; allowed: " + String.join(", ", fact.words()));
        }
        return pattern;
    }

    private Selection addresses(Fact fact) throws SelectionException {
        boolean list = words.take("in");
        boolean met = list || equality(fact);
        List<Cidr> networks = new ArrayList<>();
        do {
            String text = words.value(fact.label());
            try {
                if (!list) {
                    IpAddress.parse(text);
                }
                networks.add(Cidr.parse(text));
            } catch (IllegalArgumentException e) {
                throw words.wrong(fact.label() + ": " + e.getMessage() + (list
                        ? "; allowed: addresses and networks, such as 10.1.2.3 and 10.0.0.0/8"
                        : "; allowed: an address without a port, such as 10.1.2.3; a network follows \"in\""));
            }
        } while (list && words.take(","));
        return negated(new Selection.Addresses(fact, List.copyOf(networks)), met);
    }
}
