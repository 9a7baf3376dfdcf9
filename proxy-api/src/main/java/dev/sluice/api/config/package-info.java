/**
 * How a filter describes its configuration: as a record, whose components are the keys of {@code config:}.
 *
 * <table>
 * <caption>What a component may be</caption>
 * <tr><th>type</th><th>in the configuration</th><th>when absent</th></tr>
 * <tr><td>{@code boolean int long double String}, enum</td><td>scalar; an enum constant in lower case with hyphens</td><td>an error</td></tr>
 * <tr><td>{@link java.time.Duration}</td><td>{@code 250ms 3s 5m 1h}</td><td>an error</td></tr>
 * <tr><td>{@link dev.sluice.api.config.ByteSize}, {@link dev.sluice.api.config.Rate}, {@link dev.sluice.api.net.Cidr},
 * {@link dev.sluice.api.net.IpAddress}, or any public type with {@code public static T parse(String)}</td>
 * <td>scalar; what {@code parse} throws is the error: {@link dev.sluice.api.config.ConfigException} best</td><td>an error</td></tr>
 * <tr><td>another record</td><td>mapping</td><td>an error</td></tr>
 * <tr><td>{@link java.util.List} of any of these</td><td>list; one element may stand without the list</td><td>empty</td></tr>
 * <tr><td>{@link java.util.Map} of {@code String} to any of these</td><td>mapping</td><td>empty</td></tr>
 * <tr><td>{@link java.util.Optional} of any of these</td><td>as its content</td><td>empty</td></tr>
 * </table>
 *
 * <p>{@link dev.sluice.api.config.ConfigDefault} gives an absent component a value, {@link dev.sluice.api.config.ConfigRange} bounds to a number, a
 * duration or a size. {@link dev.sluice.api.config.ConfigNotEmpty} refuses an empty list, {@link dev.sluice.api.config.ConfigOneOf} two keys that
 * exclude each other, and {@link dev.sluice.api.config.ConfigSwitch} lets {@code true} and {@code false} stand for an optional record.
 * The compact constructor checks what these cannot, and throws
 * {@link dev.sluice.api.config.ConfigException} naming the key; the user sees file, line and path. The package of the record must be exported, or
 * opened to {@code dev.sluice.runtime}.
 */
@NullMarked
package dev.sluice.api.config;

import org.jspecify.annotations.NullMarked;
