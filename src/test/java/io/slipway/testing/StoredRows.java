package io.slipway.testing;

import java.sql.Connection;
import java.sql.SQLException;

/** The database of a registry, from outside. */
interface StoredRows {
  /** Connects to it; the caller closes the connection. */
  Connection connect() throws SQLException;

  /** Deletes everything in it, its schema too. */
  void drop() throws SQLException;

  /** Looks at the log of the database until it is closed. */
  ChangeWatch watchLog() throws SQLException;

  /** Fails unless the database itself finds nothing wrong with what it keeps. */
  void requireSound(StoredData stored);
}
