/**
 * YAML text to a tree of nodes, each of which knows its line and column. It knows no configuration, and is the only package that reads with
 * Jackson and SnakeYAML Engine.
 *
 * <p>{@code SourceText} decodes bytes strictly and shows lines for messages; {@code YamlReader} makes {@code Node}s, explains what is no YAML in
 * the words of someone who edits a file ({@code YamlSyntax}), and reports to a {@code ProblemSink}.
 *
 * <p><b>Why not data binding.</b> It stops at the first mistake of a document and knows no place in it afterwards; and it would need the records
 * opened to Jackson. So Jackson reads tokens only. SnakeYAML Engine alone, on which Jackson's YAML rests, lost: it would spare three archives, and
 * stays possible, because two classes here would change; with Jackson there is one reader for this and for other formats that may come.
 *
 * <p><b>Thread.</b> A text is read by one thread; a {@code SourceText} may be used from any.
 *
 * <p><b>Failure.</b> Whatever the bytes are, reading ends with a tree or with a problem; size, depth, aliases and count of nodes are bounded before
 * memory is spent on them.
 */
@NullMarked
package dev.sluice.runtime.yaml;

import org.jspecify.annotations.NullMarked;
