package io.slipway.testing;

import java.util.Map;
import java.util.stream.Collectors;

/** The listings of the {@link FakeS3}, as XML. */
record FakeListing(FakeObjects kept) {
  private static final int PAGE = 1000;

  String answer(Map<String, String> query) {
    String prefix = query.getOrDefault("prefix", "");
    return query.containsKey("uploads")
        ? unfinished(prefix)
        : objects(prefix, query.getOrDefault("start-after", ""));
  }

  /** As MinIO does, finds nothing by a part of the key. */
  private String unfinished(String key) {
    return kept.multiparts.entrySet().stream()
        .filter(entry -> entry.getValue().key().equals(key))
        .map(
            entry ->
                "<Upload><Key>"
                    + key
                    + "</Key><UploadId>"
                    + entry.getKey()
                    + "</UploadId><Initiated>"
                    + entry.getValue().time()
                    + "</Initiated></Upload>")
        .collect(
            Collectors.joining(
                "", "<ListMultipartUploadsResult>", "</ListMultipartUploadsResult>"));
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
      all.append("<Contents><Key>").append(key).append("</Key><LastModified>");
      all.append(entry.getValue().time()).append("</LastModified><Size>");
      all.append(entry.getValue().bytes().length()).append("</Size></Contents>");
    }
    return all.append("<IsTruncated>" + more + "</IsTruncated></ListBucketResult>").toString();
  }
}
