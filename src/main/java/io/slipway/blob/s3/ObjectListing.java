package io.slipway.blob.s3;

import java.util.HashSet;
import java.util.Set;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** Lists the keys below a prefix page by page, in steps that wait. */
record ObjectListing(S3Bucket bucket, String prefix) {

  /**
   * Returns the next keys, at most 1000. Empty pages that are not the last, as some servers send
   * them where much was deleted, are passed over: what is not listed would look as if it were not
   * there.
   *
   * @param after the last key of the page before; empty for the first page
   * @return a page that has keys, or the last one; {@link IllegalStateException} when an empty page
   *     leads nowhere, or where another one did
   */
  ListObjectsV2Response after(String after) throws InterruptedException {
    String action = "list the objects below " + prefix;
    ListObjectsV2Response page = S3Failures.get(bucket.list(prefix, after), action);
    Set<String> seen = new HashSet<>();
    while (hasMore(page) && page.contents().isEmpty()) {
      String token = page.nextContinuationToken();
      if (token == null || !seen.add(token)) {
        throw new IllegalStateException(
            "tried to " + action + " but S3 sent an empty page that leads to no other");
      }
      page = S3Failures.get(bucket.listOn(prefix, token), action);
    }
    return page;
  }

  /** Tells whether there are keys behind those of a page. */
  static boolean hasMore(ListObjectsV2Response page) {
    return Boolean.TRUE.equals(page.isTruncated());
  }
}
