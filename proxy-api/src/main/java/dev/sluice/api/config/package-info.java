/**
 * Annotations and value types for the configuration of a filter: a record whose components are the keys of
 * {@code config:}.
 *
 * <table>
 * <caption>Types of components</caption>
 * <tr><th>type</th><th>in the configuration</th><th>when absent</th></tr>
 * <tr><td>{@code boolean int long double String}, enum</td><td>scalar; an enum constant in lower case with hyphens</td><td>an error</td></tr>
 * <tr><td>{@link java.time.Duration}</td><td>{@code 250ms 3s 5m 1h}</td><td>an error</td></tr>
 * <tr><td>{@link dev.sluice.api.config.ByteSize}, {@link dev.sluice.api.config.Rate}, {@link dev.sluice.api.net.Cidr},
 * {@link dev.sluice.api.net.IpAddress}, or any public type with {@code public static T parse(String)}</td>
 * <td>scalar; {@code parse} should throw {@link dev.sluice.api.config.ConfigException}</td><td>an error</td></tr>
 * <tr><td>another record</td><td>mapping</td><td>an error</td></tr>
 * <tr><td>{@link java.util.List} of any of these</td><td>list; a single element may be written without brackets</td><td>empty</td></tr>
 * <tr><td>{@link java.util.Map} of {@code String} to any of these</td><td>mapping</td><td>empty</td></tr>
 * <tr><td>{@link java.util.Optional} of any of these</td><td>as its content</td><td>empty</td></tr>
 * </table>
 *
 * <p>{@link dev.sluice.api.config.ConfigDefault} gives an absent component a value,
 * {@link dev.sluice.api.config.ConfigRange} bounds to a number, a duration or a size.
 * {@link dev.sluice.api.config.ConfigNotEmpty} refuses an empty list, {@link dev.sluice.api.config.ConfigOneOf} two
 * keys that exclude each other, and {@link dev.sluice.api.config.ConfigSwitch} lets {@code true} and {@code false}
 * stand for an optional record. The compact constructor checks everything else, and throws
 * {@link dev.sluice.api.config.ConfigException} naming the key; the user sees file, line and path.
 *
 * <p>The package of the record must be exported, or opened to {@code dev.sluice.runtime}. All types here are immutable;
 * any thread.
 */
@NullMarked
package dev.sluice.api.config;

import org.jspecify.annotations.NullMarked;
