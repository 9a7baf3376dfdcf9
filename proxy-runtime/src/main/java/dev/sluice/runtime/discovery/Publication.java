package dev.sluice.runtime.discovery;

import java.util.List;

/** The receiver of all that a source finds out. Any thread; never waits. */
public interface Publication {
    /**
     * Takes a good answer.
     *
     * @param all the whole set, in any order; the same as before changes nothing
     */
    void endpoints(List<FoundEndpoint> all);

    /**
     * Takes a failure; the last answer stays.
     *
     * @param reason for people, without the name of the source
     */
    void failed(String reason);

    /** Takes the end of the last answer, which is too old to be used: there are no endpoints now. */
    void expired(String reason);
}
