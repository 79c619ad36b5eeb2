package io.slipway.http.v2;

import io.slipway.http.PercentDecoding;

/**
 * The parts of a request's path, not yet checked.
 *
 * <p>Read from its end, for there it is unambiguous: a repository may be named {@code
 * blobs/uploads}, but the last element holds no slash.
 *
 * @param name the repository; empty where the endpoint has none
 * @param item the last element: a digest, a reference, an upload id; empty where the endpoint has
 *     none
 */
record V2Path(Endpoint endpoint, String name, String item) {
  private static final V2Path BASE = new V2Path(Endpoint.BASE, "", "");
  private static final V2Path CATALOG = new V2Path(Endpoint.CATALOG, "", "");
  private static final V2Path UNKNOWN = new V2Path(Endpoint.UNKNOWN, "", "");

  /** Where a repository's name begins, behind {@code /v2/}. */
  private static final int NAME = 4;

  /**
   * Takes a path apart.
   *
   * @param raw as it came, percent-encoded
   */
  static V2Path parse(String raw) {
    String path = PercentDecoding.path(raw);
    if (!path.startsWith("/v2")) {
      return path.equals("/_catalog") ? CATALOG : UNKNOWN;
    }
    if (path.length() <= NAME) {
      return path.length() < NAME || path.charAt(3) == '/' ? BASE : UNKNOWN;
    }
    if (path.charAt(3) != '/') {
      return UNKNOWN;
    }
    int item = path.lastIndexOf('/') + 1;
    if (item == NAME) {
      return path.equals("/v2/_catalog") ? CATALOG : UNKNOWN;
    }
    int kind = path.lastIndexOf('/', item - 2) + 1;
    return kind > NAME ? repositoryPath(path, kind, item) : UNKNOWN;
  }

  private static V2Path repositoryPath(String path, int kind, int item) {
    if (isElement(path, kind, item, "manifests")) {
      return of(Endpoint.MANIFEST, path, kind, item);
    }
    if (isElement(path, kind, item, "blobs")) {
      boolean uploads = path.endsWith("/uploads");
      return of(uploads ? Endpoint.UPLOADS : Endpoint.BLOB, path, kind, item);
    }
    if (isElement(path, kind, item, "uploads")) {
      int blobs = path.lastIndexOf('/', kind - 2) + 1;
      if (blobs > NAME && isElement(path, blobs, kind, "blobs")) {
        boolean uploads = item == path.length();
        return uploads
            ? new V2Path(Endpoint.UPLOADS, path.substring(NAME, blobs - 1), "")
            : of(Endpoint.UPLOAD, path, blobs, item);
      }
      return UNKNOWN;
    }
    if (isElement(path, kind, item, "tags")) {
      return path.startsWith("list", item) && path.length() == item + 4
          ? of(Endpoint.TAGS, path, kind, item)
          : UNKNOWN;
    }
    return isElement(path, kind, item, "referrers")
        ? of(Endpoint.REFERRERS, path, kind, item)
        : UNKNOWN;
  }

  /** Tells whether the element from {@code start} to the slash before {@code next} is a word. */
  private static boolean isElement(String path, int start, int next, String word) {
    return next - 1 - start == word.length() && path.startsWith(word, start);
  }

  private static V2Path of(Endpoint endpoint, String path, int kind, int item) {
    return item == path.length()
        ? UNKNOWN
        : new V2Path(endpoint, path.substring(NAME, kind - 1), path.substring(item));
  }
}
