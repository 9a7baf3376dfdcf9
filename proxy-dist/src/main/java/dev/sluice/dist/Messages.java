package dev.sluice.dist;

import java.io.PrintStream;
import java.util.List;

import dev.sluice.runtime.ConfigurationProblem;
import org.slf4j.LoggerFactory;

/**
 * The messages on standard error that a person has to act on. With the text format they are printed unchanged, so that
 * {@code FILE:LINE:COLUMN} starts the line, where editors look for it, and the caret stays below its place; with the
 * JSON format they are log events like all others, since a collector can read nothing else.
 */
final class Messages {
    private final PrintStream err;
    private final LogFormat format;

    Messages(PrintStream err, LogFormat format) {
        this.err = err;
        this.format = format;
    }

    void error(String text) {
        if (format == LogFormat.JSON) {
            LoggerFactory.getLogger(Messages.class).error("{}", text);
        } else {
            err.println(text);
        }
    }

    /** Prints values that are accepted but probably not meant. */
    void warnings(List<ConfigurationProblem> problems) {
        for (ConfigurationProblem problem : problems) {
            if (format == LogFormat.JSON) {
                LoggerFactory.getLogger(Messages.class).warn("{}", problem);
            } else {
                err.println("warning: " + problem);
            }
        }
    }

    /** Prints every problem, and their number last. */
    void refusal(String file, List<ConfigurationProblem> problems) {
        for (ConfigurationProblem problem : problems) {
            error(problem.toString());
        }
        error(count(problems.size(), "problem") + " in " + file);
    }

    /** {@code 1 problem}, {@code 2 problems}. */
    static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
