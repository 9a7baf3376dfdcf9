package dev.sluice.runtime.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.ScalarParser.Bad;
import dev.sluice.runtime.config.ScalarParser.Good;
import dev.sluice.runtime.config.ScalarParser.Result;

/**
 * Calls of a plugin's code for its configuration. Everything that it throws becomes a message to the user, except that
 * memory is exhausted.
 */
final class PluginCode {
    private PluginCode() {}

    /** Calls a static {@code parse(String)}. */
    static Result<Object> parse(Method parse, ScalarParser.Input input) {
        try {
            Object value = parse.invoke(null, input.text());
            return value == null ? new Bad<>(input.quoted() + " is not accepted", null, null) : new Good<>(value);
        } catch (InvocationTargetException | LinkageError e) {
            return bad(refusal(e));
        } catch (IllegalAccessException e) {
            throw unreachable(e);
        }
    }

    /** The refusal as a parser's result. */
    static <T> Bad<T> bad(ConfigException refusal) {
        return new Bad<>(refusal.what(), refusal.allowed(), refusal.didYouMean());
    }

    /**
     * Calls the constructor of a record.
     *
     * @throws ConfigException for anything it throws
     */
    static Record construct(Constructor<? extends Record> constructor, Object[] components) {
        try {
            return constructor.newInstance(components);
        } catch (InvocationTargetException | LinkageError e) {
            throw refusal(e);
        } catch (InstantiationException | IllegalAccessException e) {
            throw unreachable(e);
        }
    }

    /** The message for a throwable. If no author meant it for a user, it has the place of its origin too. */
    private static ConfigException refusal(Throwable caught) {
        Throwable thrown = caught instanceof InvocationTargetException ? causeOf(caught) : caught;
        if (thrown instanceof ConfigException meant) {
            return meant;
        }
        if (thrown instanceof VirtualMachineError exhausted && !(thrown instanceof StackOverflowError)) {
            throw exhausted;
        }
        if (thrown instanceof IllegalArgumentException && thrown.getMessage() != null) {
            return new ConfigException(thrown.getMessage());
        }
        Throwable reported = thrown instanceof ExceptionInInitializerError ? causeOf(thrown) : thrown;
        StackTraceElement[] frames = reported.getStackTrace();
        return new ConfigException(
                "the plugin failed on this: " + reported + (frames.length == 0 ? "" : " at " + frames[0]));
    }

    private static Throwable causeOf(Throwable wrapper) {
        return Objects.requireNonNullElse(wrapper.getCause(), wrapper);
    }

    private static IllegalStateException unreachable(ReflectiveOperationException e) {
        return new IllegalStateException("access was checked when the shape was made", e);
    }
}
