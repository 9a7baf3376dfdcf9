/**
 * The running server: memory, event loops, listening sockets, logs, and the configuration generation that they serve.
 *
 * <p><b>Parts.</b> {@link dev.sluice.runtime.engine.Engine} opens and closes in order. {@code EventLoops} are the threads and how to ask them,
 * {@code Listeners} the sockets, {@code Generations} what was built from configurations. The running state that outlives generations is
 * {@link dev.sluice.runtime.wiring.Running}. {@link dev.sluice.runtime.engine.EngineView} shows all of it.
 *
 * <p><b>Reload.</b> {@code Reload} has the steps and their order: {@code RestartKeys} refuses what cannot change, {@code ListenerChange} opens
 * and closes sockets, {@code ReloadPart}s are what follows the configuration outside of generations (access log, admin), {@code ConfigDiff}
 * says what is kept and what changes, for the plan too. {@code PluginCare} watches that the classes of replaced plugins go.
 *
 * <p><b>Thread.</b> Opening, starting and closing belong to the thread of the server's owner, one at a time. Reloads are one at a time, on any
 * thread but an event loop's; so are draining and looking.
 *
 * <p><b>Order.</b> What is opened first is closed last. Sockets that an event loop may be using are closed on that loop for as long as loops turn,
 * in every state of the server; before they turn, and after they have ended, by the thread that closes.
 *
 * <p><b>Failure.</b> What the machine refuses is an {@link dev.sluice.runtime.engine.EngineException} that says what to do, and everything that
 * had been opened is closed again. A loop that does not come back keeps its memory and its filters: they are left behind rather than freed
 * under it.
 */
@NullMarked
package dev.sluice.runtime.engine;

import org.jspecify.annotations.NullMarked;
