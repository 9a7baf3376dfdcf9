/**
 * The filter type {@code replace-text}: replaces a text in the bytes of endpoints, such as the version in a greeting. An example of a
 * {@link dev.sluice.api.TransformFilter}.
 *
 * <p><b>Thread.</b> One filter without state serves all connections.
 *
 * <p><b>Ownership.</b> Bytes are dropped, emitted and forwarded where they are lent. Bytes at the end of a read that may be the beginning
 * of the text are held by the proxy.
 *
 * <p><b>Failure.</b> A text with a pause of more than a second in its middle is passed on unchanged.
 */
@NullMarked
package com.example.replacetext;

import org.jspecify.annotations.NullMarked;
