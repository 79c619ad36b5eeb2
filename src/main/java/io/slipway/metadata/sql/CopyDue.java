package io.slipway.metadata.sql;

import io.slipway.database.Transaction;
import io.slipway.oci.Digest;
import io.slipway.oci.RepositoryName;
import io.slipway.oci.Tag;
import io.vertx.core.Future;

/** Notes in the change's transaction that a copy in the blob store is out of date. */
final class CopyDue {
  // Later than the change before, though the clock may not say so: the copy of that one is not of
  // this one.
  private static final String DUE =
      """
      INSERT INTO copy_due (kind, repo, name, due) VALUES ($1, $2, $3, :now)
      ON CONFLICT (kind, repo, name) DO UPDATE SET
      due = CASE WHEN excluded.due > copy_due.due THEN excluded.due ELSE copy_due.due + 1 END
      """;

  private CopyDue() {}

  static Future<Void> tag(Transaction transaction, RepositoryName repository, Tag tag) {
    return transaction.update(DUE, "tag", repository.text(), tag.text()).mapEmpty();
  }

  static Future<Void> manifest(Transaction transaction, RepositoryName repository, Digest digest) {
    return transaction.update(DUE, "manifest", repository.text(), digest.text()).mapEmpty();
  }
}
