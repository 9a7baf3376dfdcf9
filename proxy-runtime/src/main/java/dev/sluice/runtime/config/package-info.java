/**
 * YAML in, a checked {@link dev.sluice.runtime.config.model.Configuration} out, or every problem at once.
 *
 * <p>A file becomes a tree of nodes ({@code yaml}), {@code include:} adds more files ({@code DocumentLoader}), {@code RecordBinder} reads the tree
 * into the records of {@code config.model}, and last come the checks of what depends on one another ({@code SectionChecks}, {@code Consistency},
 * {@code RouteOrder}). None of these stops at the first problem, except inside one file whose YAML cannot be read on.
 *
 * <p><b>One binder.</b> Our own records and those of plugins' filters declare their keys in the same way ({@link dev.sluice.api.config}; package
 * {@code shape} looks at the classes), and {@code RecordBinder} reads both. A new key is one component of a record. Only the proxy's own
 * records are made although a part of them is wrong, so that the checks can report what is wrong with the rest; each record that a check
 * reports on has a {@code ConfigPlace}. A default that depends on the machine or on another key names a variable, which
 * {@code ConfigurationBinder} computes ({@code Context.compute}).
 *
 * <p><b>Filters.</b> A {@code FilterSource} answers {@code plugins:}, which therefore is read first, with the types of filters. {@code FilterTypes}
 * gives each filter its provider and reads {@code config:} into the provider's record; what the plugin's own code throws meanwhile
 * ({@code PluginCode}) is a problem at the value it was thrown for. A record that no configuration could be read into is one problem that names
 * the record. What a provider finds only when it makes the filter gets its place from {@code FilterConfig.configPlace}.
 *
 * <p><b>JSON Schema.</b> {@code JsonSchema} comes from the same shapes; each {@code ScalarParser} has a {@code ScalarSyntax}.
 *
 * <p><b>Thread.</b> A {@code ConfigLoader} is immutable and may be used from any thread; a load happens wholly on its caller's, reads files,
 * and therefore never belongs on an event loop. On the way of a start there is no {@code switch} over types and no record as the key of a map
 * (decision 0010).
 *
 * <p><b>Ownership.</b> No file stays open. No name is looked up. A configuration keeps the text it was read from, for problems that are found
 * later.
 *
 * <p><b>Failure.</b> Whatever the bytes are, a load ends with a configuration or with {@link dev.sluice.runtime.config.ProblemsException}.
 */
@NullMarked
package dev.sluice.runtime.config;

import org.jspecify.annotations.NullMarked;
