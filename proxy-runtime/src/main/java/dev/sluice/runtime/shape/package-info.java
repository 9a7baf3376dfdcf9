/**
 * Records as the shape of configuration: the keys, defaults and bounds that a record class declares by the rules of
 * {@link dev.sluice.api.config}. Reading into records is the work of {@code config}, describing them for people that of {@code plugin}; this
 * package stands below both, so that a record is looked at in one way only.
 *
 * <p><b>Thread.</b> A shape is made by one thread, and immutable afterwards.
 *
 * <p><b>Ownership.</b> A shape keeps the classes of its records, and so their plugin: it is kept no longer than the plugin is.
 *
 * <p><b>Failure.</b> A component that no configuration can hold is a {@link dev.sluice.runtime.shape.Shape.DefectShape} at its place, so that the
 * rest can still be described; {@link dev.sluice.runtime.shape.RecordDefectException} refuses to read into such a record.
 */
@NullMarked
package dev.sluice.runtime.shape;

import org.jspecify.annotations.NullMarked;
