/**
 * Filter types from three places (the program that embeds the proxy, what is installed with it, plugin directories) in one registry.
 *
 * <p><b>One plugin, one world.</b> Each entry of the plugins directory, a directory of JARs or a single JAR, has a class loader of its own that
 * sees its own JARs, Java, and {@code dev.sluice.api}; nothing of Sluice's own libraries, nothing of other plugins. So two plugins, or two
 * registries, may hold different versions of one library, and no plugin depends on what Sluice happens to be built with.
 *
 * <p><b>Thread.</b> A registry is opened on one thread, off the event loops: it reads files and runs constructors of plugins. Afterwards it
 * may be asked from any thread.
 *
 * <p><b>Ownership.</b> Everything of a plugin is read into memory before anything of it is loaded, and no file stays open: whatever happens to a
 * JAR afterwards, the plugin that came from it stays as it was. A plugin belongs to every registry that has it: a registry takes over from
 * the one before it whatever has not changed, class loader and provider objects included. One that is closed keeps no class of a plugin
 * alive; the JVM unloads them when nobody else does, and {@link dev.sluice.runtime.plugin.PluginLoaders} names those that it cannot.
 *
 * <p><b>Ordering.</b> Filters added by the program come first, then those installed, then plugins by the names of their files. Who comes first
 * keeps a filter type that two have; a plugin that served before and is broken now keeps its types too, so that they are missing, and go
 * to nobody else.
 *
 * <p><b>Failure.</b> Opening never fails. A plugin that cannot be used is refused as a whole, in one sentence that names it; the others are
 * loaded. The module system is hygiene, not a sandbox: what is in the plugins directory runs with all rights of the process.
 *
 * <p><b>Decisions.</b>
 * <ol>
 * <li>If all JARs of a plugin are modules, they become a module layer. If one is not, the plugin is a class path of its own, in the unnamed
 * module of its loader. Automatic modules lost: they read every module of the layers below, so that a plugin which brings a library that
 * Sluice uses too, in whatever version, would have its packages twice and could not be loaded at all.
 * <li>The packages of a plugin's modules are open to {@code dev.sluice.runtime}, since it has to make the records of their configuration,
 * and a forgotten {@code opens} would be found by users only. {@code META-INF/services} counts in modules too.
 * <li>A plugin says which API it was compiled against: a module by what javac records for {@code requires dev.sluice.api}, another JAR by the
 * manifest attribute {@code Sluice-Api-Version}. As in semantic versioning the major version has to be the same and the minor one not
 * newer; before 1.0 a minor version counts as a major one. Patch and pre-release are not looked at. Who says nothing is not refused.
 * <li>The same bytes are the same plugin. They are compared with those that its class loader has in memory anyway: that is exact, needs no
 * second copy and no algorithm of hashes, and what is equal of a changed plugin, usually its libraries, is shared by both versions. Checksums
 * lost: whether a plugin is kept must not depend on a number that can be the same by intent. Size and time of the file lost: copies keep
 * or change both as they like.
 * <li>A class loader of our own, with one class, is the witness of a collection that unloads classes: only such a collection removes it, whatever
 * collector runs. A weakly reachable object lost, since a collection of the young generation removes it; the names of collectors lost,
 * since they are not the same in two versions of Java.
 * <li>Sealing a JAR by a lock or a copy on disk lost against memory: locks are advisory, and copies have to be cleaned up after a crash.
 * </ol>
 */
@NullMarked
package dev.sluice.runtime.plugin;

import org.jspecify.annotations.NullMarked;
