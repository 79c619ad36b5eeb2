package io.slipway.blob;

import io.vertx.core.Future;
import java.util.function.Supplier;

/**
 * One request's turn to write to an upload.
 *
 * @param epoch counts the turns; no other turn of the upload has it
 * @param nextPart the first part number that no earlier turn can be using
 * @param record writes the progress into the session's row; fails when somebody took over. Callable
 *     from any thread
 */
public record WriterTurn(long epoch, long nextPart, Supplier<Future<Void>> record) {}
