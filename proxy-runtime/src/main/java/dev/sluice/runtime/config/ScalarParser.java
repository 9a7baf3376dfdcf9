package dev.sluice.runtime.config;

import org.jspecify.annotations.Nullable;

/** Makes a value of the text of a scalar, or says why it cannot. */
@FunctionalInterface
interface ScalarParser<T> {
    /**
     * What stands in the file.
     *
     * @param text variables replaced
     * @param kind as YAML sees it
     * @param replaced whether a variable was replaced, which makes the kind meaningless
     */
    record Input(String text, Node.Kind kind, boolean replaced) {
        boolean is(Node.Kind expected) {
            return replaced || kind == expected;
        }

        String quoted() {
            return Texts.quote(text);
        }
    }

    /** What came of it. */
    sealed interface Result<T> {}

    record Good<T>(T value) implements Result<T> {}

    /** The three parts of a message; see {@link ConfigProblem}. */
    record Bad<T>(String what, @Nullable String allowed, @Nullable String didYouMean) implements Result<T> {}

    Result<T> parse(Input input);

    /** What the text may look like. */
    default Form form() {
        return Form.TEXT;
    }

    /** The same parser, which also tells its form. */
    static <T> ScalarParser<T> of(Form form, ScalarParser<T> parser) {
        return new Formed<>(form, parser);
    }

    /** See {@link #of}. */
    record Formed<T>(Form form, ScalarParser<T> parser) implements ScalarParser<T> {
        @Override
        public Result<T> parse(Input input) {
            return parser.parse(input);
        }
    }
}
