package dev.sluice.runtime.wiring;

import java.util.List;

import dev.sluice.runtime.discovery.FoundEndpoint;
import dev.sluice.runtime.discovery.SourceSettings;
import org.jspecify.annotations.Nullable;

/** The answers of the sources of endpoints. */
@FunctionalInterface
public interface SourceAnswers {
    /** No source has an answer. */
    SourceAnswers NONE = source -> null;

    /** The last answer of a source; null if there is none. */
    @Nullable
    List<FoundEndpoint> current(SourceSettings source);
}
