package io.slipway.testing;

import io.slipway.testing.FakeObjects.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What the {@link FakeS3} does about many deletions in one request: refuse it, or as AWS does. */
final class FakeDeletions {
  private static final Pattern KEY = Pattern.compile("<Key>(.*?)</Key>", Pattern.DOTALL);
  private static final int MOST = 1000;

  private final FakeObjects kept;
  private final Map<String, String> locked = new ConcurrentHashMap<>();
  private volatile boolean taken;

  FakeDeletions(FakeObjects kept) {
    this.kept = kept;
  }

  void take(boolean many) {
    taken = many;
  }

  /** Makes a key stay, with a reason; with none it may go again. */
  void lock(String key, String code) {
    if (code.isEmpty()) {
      locked.remove(key);
    } else {
      locked.put(key, code);
    }
  }

  String answer(HttpServerRequest request, Buffer body) {
    requireAllowed(request, body);
    List<String> keys =
        KEY.matcher(body.toString()).results().map(FakeDeletions::unescaped).toList();
    if (keys.isEmpty() || keys.size() > MOST) {
      throw new Refusal(400, "MalformedXML");
    }
    StringBuilder answer = new StringBuilder("<?xml version=\"1.0\"?>\n<DeleteResult>");
    for (String key : keys) {
      String code = locked.get(key);
      if (code == null) {
        kept.objects.remove(key);
        answer
            .append("<Deleted><Key>")
            .append(FakeListing.escaped(key))
            .append("</Key></Deleted>\n");
      } else {
        answer
            .append("<Error><Key>")
            .append(FakeListing.escaped(key))
            .append("</Key><Code>")
            .append(code);
        answer.append("</Code><Message>no</Message></Error>");
      }
    }
    return answer.append("</DeleteResult>").toString();
  }

  private void requireAllowed(HttpServerRequest request, Buffer body) {
    String md5 = request.getHeader("Content-MD5");
    if (!taken) {
      throw new Refusal(501, "NotImplemented");
    } else if (md5 == null) {
      throw new Refusal(400, "InvalidRequest");
    } else if (!String.valueOf(request.getParam("X-Amz-SignedHeaders")).contains("content-md5")) {
      throw new Refusal(403, "AccessDenied");
    } else if (!md5.equals(md5(body))) {
      throw new Refusal(400, "BadDigest");
    }
  }

  private static String md5(Buffer body) {
    try {
      return Base64.getEncoder()
          .encodeToString(MessageDigest.getInstance("MD5").digest(body.getBytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String unescaped(MatchResult key) {
    return key.group(1)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
  }
}
