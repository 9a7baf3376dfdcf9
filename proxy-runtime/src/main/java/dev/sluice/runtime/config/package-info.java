/**
 * YAML in, a checked {@link dev.sluice.runtime.config.model.Configuration} out, or every problem at once.
 *
 * <p>The way of a file: bytes to text ({@code SourceText}), text to a tree in which each node knows its line and column
 * ({@code YamlReader}, the only class that reads with Jackson), {@code include:} to more files ({@code DocumentLoader}), the tree to records by
 * typed getters that note what is wrong and which keys were asked for ({@code Section} and the {@code *Reader} classes), and last the
 * questions that need the whole ({@code Consistency}, {@code RouteOrder}). Nothing on this way stops at the first problem, except inside one file whose YAML
 * cannot be read on.
 *
 * <p><b>Filters.</b> Which types there are is the answer of a {@code FilterSource} to {@code plugins:}, which therefore is read first. What
 * stands under {@code config:} is read into the record of the provider: {@code RecordShapes} looks at its class once in a load,
 * {@code RecordBinder} reads, and what the plugin's own code throws meanwhile ({@code PluginCode}) is a problem at the value it was thrown
 * for. A record that no configuration could be read into is one problem that names the record. What a provider finds only when it makes
 * the filter gets its place from the {@code ConfigPlace} of the filter.
 *
 * <p><b>JSON Schema.</b> {@code JsonSchema} has the readers read a configuration with one of everything and listens to what they ask for
 * ({@code KeyLog}), so that keys, bounds and defaults stand in one place; each {@code ScalarParser} tells its {@code ScalarSyntax}.
 *
 * <p><b>Why not data binding.</b> It stops at the first mistake of a document and knows no place in it afterwards; and it would need the records
 * opened to Jackson. So Jackson reads tokens only. What lost besides: SnakeYAML Engine alone, on which Jackson's YAML rests. It would spare
 * three archives, and stays possible, because two classes here would change; with Jackson there is one reader for this and for what
 * other formats may come.
 *
 * <p><b>Thread.</b> A {@code ConfigLoader} is immutable and may be used from any thread; a load happens wholly on its caller's, reads files,
 * and therefore never belongs on an event loop.
 *
 * <p><b>Ownership.</b> No file stays open. No name is looked up. A configuration with filters keeps the text it was read from, for problems
 * that are found later.
 *
 * <p><b>Failure.</b> Whatever the bytes are, a load ends with a configuration or with {@link dev.sluice.runtime.config.ProblemsException};
 * size, depth, aliases and count of nodes are bounded before memory is spent on them.
 */
@NullMarked
package dev.sluice.runtime.config;

import org.jspecify.annotations.NullMarked;
