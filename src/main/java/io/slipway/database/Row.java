package io.slipway.database;

import org.jspecify.annotations.Nullable;

/**
 * One row of a result; columns by the name they have in the statement. A missing column is a
 * programming error.
 */
public interface Row {

  String string(String column);

  @Nullable String stringOrNull(String column);

  long number(String column);

  @Nullable Long numberOrNull(String column);

  boolean flag(String column);

  byte[] bytes(String column);

  byte @Nullable [] bytesOrNull(String column);
}
