package dev.sluice.runtime.selection;

import java.util.List;

import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** A condition on a connection. Immutable. */
public sealed interface Selection {
    /** The condition that every connection meets. */
    Selection ALL = new Junction(true, List.of());

    /** Whether a connection meets it. */
    boolean matches(Subject subject);

    /** The texts that one of its conditions compares a fact with, in whole: those without a star. */
    default List<String> wholes(Fact fact) {
        return switch (this) {
            case Junction junction -> junction.parts().stream().flatMap(part -> part.wholes(fact).stream()).toList();
            case Opposite opposite -> opposite.of().wholes(fact);
            case Texts texts -> texts.fact() != fact ? List.of()
                    : texts.patterns().stream().filter(pattern -> !pattern.anyBefore() && !pattern.anyBehind())
                            .map(TextPattern::fixed).filter(text -> !text.isEmpty()).toList();
            case Numbers numbers -> List.of();
            case Addresses addresses -> List.of();
        };
    }

    /**
     * Conditions that have to be met together, or of which one suffices.
     *
     * @param every true = all of them; false = one
     */
    record Junction(boolean every, List<Selection> parts) implements Selection {
        @Override
        public boolean matches(Subject subject) {
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).matches(subject) != every) {
                    return !every;
                }
            }
            return every;
        }
    }

    /** The opposite of a condition. */
    record Opposite(Selection of) implements Selection {
        @Override
        public boolean matches(Subject subject) {
            return !of.matches(subject);
        }
    }

    /** Comparisons of numbers. */
    enum Order {
        LESS("<"),
        AT_MOST("<="),
        EQUAL("="),
        OTHER("!="),
        AT_LEAST(">="),
        MORE(">");

        private final String sign;

        Order(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }

    /** A number, time or size that is compared. */
    record Numbers(Fact fact, Order order, long value) implements Selection {
        @Override
        public boolean matches(Subject subject) {
            int sign = Long.compare(subject.number(fact), value);
            return switch (order) {
                case LESS -> sign < 0;
                case AT_MOST -> sign <= 0;
                case EQUAL -> sign == 0;
                case OTHER -> sign != 0;
                case AT_LEAST -> sign >= 0;
                case MORE -> sign > 0;
            };
        }
    }

    /** A text that is one of several. */
    record Texts(Fact fact, List<TextPattern> patterns) implements Selection {
        @Override
        public boolean matches(Subject subject) {
            String text = subject.text(fact);
            for (int i = 0; i < patterns.size(); i++) {
                if (patterns.get(i).matches(text)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** An address in one of several networks. */
    record Addresses(Fact fact, List<Cidr> networks) implements Selection {
        @Override
        public boolean matches(Subject subject) {
            IpAddress address = subject.address(fact);
            for (int i = 0; address != null && i < networks.size(); i++) {
                if (networks.get(i).contains(address)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * A text, or the beginning, the end or the middle of one.
     *
     * @param fixed what is compared; empty and without stars it stands for no text at all
     * @param anyBefore whether anything may come before
     * @param anyBehind whether anything may follow
     */
    record TextPattern(String fixed, boolean anyBefore, boolean anyBehind) {
        /** The pattern that a text with stars at its ends stands for. */
        static TextPattern of(String text) {
            boolean before = text.startsWith("*");
            boolean behind = text.length() > 1 && text.endsWith("*");
            return new TextPattern(text.substring(before ? 1 : 0, text.length() - (behind ? 1 : 0)), before, behind);
        }

        boolean matches(@Nullable String text) {
            if (text == null) {
                return fixed.isEmpty() && !anyBefore && !anyBehind;
            }
            if (anyBefore && anyBehind) {
                return text.contains(fixed);
            }
            return anyBefore ? text.endsWith(fixed) : anyBehind ? text.startsWith(fixed) : text.equals(fixed);
        }
    }
}
