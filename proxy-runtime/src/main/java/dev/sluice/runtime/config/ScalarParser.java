package dev.sluice.runtime.config;

import java.util.function.Function;

import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.yaml.Node;
import org.jspecify.annotations.Nullable;

/** A parser that turns the text of a scalar into a value, or into a reason why that is impossible. */
@FunctionalInterface
interface ScalarParser<T> {
    /**
     * The scalar of a file.
     *
     * @param text the text, with variables replaced
     * @param kind the kind that YAML gives it
     * @param replaced whether a variable was replaced, which makes the kind meaningless
     */
    record Input(String text, Node.Kind kind, boolean replaced) {
        boolean is(Node.Kind expected) {
            return replaced || kind == expected;
        }

        String quoted() {
            return Printable.quote(text);
        }
    }

    /** A value, or the reason why there is none. */
    sealed interface Result<T> {}

    record Good<T>(T value) implements Result<T> {}

    /** The three parts of a message; see {@link Problem}. */
    record Bad<T>(String what, @Nullable String allowed, @Nullable String didYouMean) implements Result<T> {}

    Result<T> parse(Input input);

    /** The syntax of the text. */
    default ScalarSyntax syntax() {
        return ScalarSyntax.TEXT;
    }

    /** The same parser with a syntax. */
    static <T> ScalarParser<T> of(ScalarSyntax syntax, ScalarParser<T> parser) {
        return new WithSyntax<>(syntax, parser);
    }

    /** The same parser with converted values. */
    default <U> ScalarParser<U> map(Function<T, U> function) {
        return of(syntax(), input -> {
            Result<T> result = parse(input);
            return result instanceof Bad<T> bad
                    ? new Bad<>(bad.what, bad.allowed, bad.didYouMean)
                    : new Good<>(function.apply(((Good<T>) result).value));
        });
    }

    /** A parser with a syntax; see {@link #of}. */
    record WithSyntax<T>(ScalarSyntax syntax, ScalarParser<T> parser) implements ScalarParser<T> {
        @Override
        public Result<T> parse(Input input) {
            return parser.parse(input);
        }
    }
}
