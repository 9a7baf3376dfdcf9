package dev.sluice.runtime.engine;

import java.util.Optional;

import dev.sluice.runtime.config.model.Configuration;

/** A part of a server outside of its generations that follows the configuration, such as the admin interface. */
public interface ReloadPart {
    /**
     * Does everything that can fail about a change of configuration. On the thread of the reload.
     *
     * @return the step that is left, of which exactly one method is called
     * @throws EngineException when the machine refuses; nothing has changed
     */
    Step prepare(Configuration before, Configuration next);

    /**
     * What this part has lost since it was set up and would get back from a reload, although its configuration is as it
     * was; nothing in most cases.
     */
    default Optional<Change> repair() {
        return Optional.empty();
    }

    /** The last step of a change; neither method fails. */
    interface Step {
        /** A step without a change. */
        Step NONE = new Step() {
            @Override
            public void commit() {}

            @Override
            public void undo() {}
        };

        /** Makes the change. */
        void commit();

        /** Gives back what was prepared. */
        void undo();
    }
}
