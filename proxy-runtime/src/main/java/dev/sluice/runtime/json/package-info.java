/**
 * JSON that is written: in lines for people ({@code JsonTree}, by Jackson), and in one line without garbage for logs and answers
 * ({@code JsonWriter}). One thread writes a text.
 */
@NullMarked
package dev.sluice.runtime.json;

import org.jspecify.annotations.NullMarked;
