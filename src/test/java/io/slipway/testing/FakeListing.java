package io.slipway.testing;

import io.slipway.testing.FakeObjects.Multipart;
import io.vertx.core.http.HttpServerRequest;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The listings of the {@link FakeS3}, as XML. */
record FakeListing(FakeObjects kept) {
  /** A server may send fewer than the 1000 that are asked for. */
  private static final int PAGE = 100;

  /** Before a key, makes the token that leads behind it. */
  private static final String TOKEN = "behind ";

  String answer(Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    return query.containsKey("uploads")
        ? unfinished(prefix, query)
        : objects(prefix, after(query.get("start-after"), query.get("continuation-token")));
  }

  private static String after(@Nullable String key, @Nullable String token) {
    return token == null ? Objects.requireNonNullElse(key, "") : token.substring(TOKEN.length());
  }

  /** Returns a page without keys that is not the last. */
  static String emptyPage(HttpServerRequest request, boolean leadsOn) {
    String after = after(request.getParam("start-after"), request.getParam("continuation-token"));
    return "<ListBucketResult><IsTruncated>true</IsTruncated>"
        + (leadsOn
            ? "<NextContinuationToken>" + escaped(TOKEN + after) + "</NextContinuationToken>"
            : "")
        + "</ListBucketResult>";
  }

  static String escaped(String key) {
    return key.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** Finds nothing by a part of a name, as MinIO does, but whole folders, as others do. */
  private String unfinished(String prefix, Map<String, String> query) {
    boolean folder = prefix.endsWith("/");
    String after = position(query.get("key-marker"), query.get("upload-id-marker"));
    List<Map.Entry<String, Multipart>> found =
        kept.multiparts.entrySet().stream()
            .filter(entry -> position(entry).compareTo(after) > 0)
            .filter(
                entry ->
                    folder
                        ? entry.getValue().key().startsWith(prefix)
                        : entry.getValue().key().equals(prefix))
            .sorted(Comparator.comparing(FakeListing::position))
            .toList();
    StringBuilder all = new StringBuilder("<ListMultipartUploadsResult>");
    for (var entry : found.subList(0, Math.min(PAGE, found.size()))) {
      all.append("<Upload><Key>")
          .append(escaped(entry.getValue().key()))
          .append("</Key><UploadId>");
      all.append(entry.getKey()).append("</UploadId><Initiated>");
      all.append(entry.getValue().time()).append("</Initiated></Upload>");
    }
    all.append("<IsTruncated>").append(found.size() > PAGE).append("</IsTruncated>");
    return all.append("</ListMultipartUploadsResult>").toString();
  }

  private static String position(Map.Entry<String, Multipart> entry) {
    return position(entry.getValue().key(), entry.getKey());
  }

  private static String position(@Nullable String key, @Nullable String id) {
    return key == null ? "" : key + "\0" + id;
  }

  private String objects(String prefix, String after) {
    StringBuilder all = new StringBuilder("<ListBucketResult>");
    int count = 0;
    boolean more = false;
    for (var entry :
        kept.objects.tailMap(after.compareTo(prefix) > 0 ? after : prefix).entrySet()) {
      String key = entry.getKey();
      if (!key.startsWith(prefix)) {
        break;
      }
      if (key.equals(after)) {
        continue;
      }
      if (++count > PAGE) {
        more = true;
        break;
      }
      all.append("<Contents><Key>").append(escaped(key)).append("</Key><LastModified>");
      all.append(entry.getValue().time()).append("</LastModified><Size>");
      all.append(entry.getValue().bytes().length()).append("</Size></Contents>");
    }
    return all.append("<IsTruncated>" + more + "</IsTruncated></ListBucketResult>").toString();
  }
}
