package io.slipway.hostile;

/** Makes headers that mean something to a registry, mostly wrong. */
record HeaderGrammar(Dice dice) {
  String some() {
    StringBuilder headers = new StringBuilder();
    int count = dice.chance(0.01) ? 500 : dice.below(4);
    for (int i = 0; i < count; i++) {
      headers.append(one());
    }
    return headers.toString();
  }

  private String one() {
    return switch (dice.below(12)) {
      case 0, 1 -> "Range: " + range() + "\r\n";
      case 2, 3 -> "Content-Range: " + contentRange() + "\r\n";
      case 4 -> dice.pick("If-Match: ", "If-None-Match: ") + entityTags() + "\r\n";
      case 5, 6 -> "Content-Type: " + mediaType() + "\r\n";
      case 7 -> "Accept: " + mediaType() + "\r\n";
      case 8 -> connection();
      case 9 -> forwarded();
      case 10 -> malformed();
      default -> other();
    };
  }

  private String range() {
    String ends = dice.number() + "-" + dice.number();
    return dice.pick(
        "bytes=0-",
        "bytes=-1",
        "bytes=0-0",
        "bytes=" + ends,
        "bytes=" + ends + "," + ends,
        "bytes=0-0" + ",2-2".repeat(dice.below(40)),
        "bytes=0-10,5-20,19-",
        "bytes",
        "bytes=",
        "items=0-1",
        "bytes=-",
        "bytes=--1",
        "bytes=5-4",
        "bytes=0-99999999999999999999",
        "bytes= 0-1",
        "BYTES=0-1",
        "bytes=0-1;x",
        "bytes=" + ",".repeat(500),
        "bytes=0-" + "0,".repeat(500),
        "\u00ff",
        "");
  }

  private String contentRange() {
    String ends = dice.number() + "-" + dice.number();
    return dice.pick(
        "0-",
        "0-0",
        "0-4095",
        "bytes 0-4095/*",
        "bytes 0-4095/4096",
        ends,
        "bytes " + ends + "/*",
        "bytes */4096",
        "bytes 0-1/1",
        "-",
        "5",
        "4096-8191",
        "0-9223372036854775807",
        "1-0",
        "\u00b2-3");
  }

  private String entityTags() {
    return dice.pick(
        "*",
        "\"" + FuzzContent.MANIFEST_DIGEST.text() + "\"",
        "W/\"" + FuzzContent.BLOB_DIGEST.text() + "\"",
        "\"\"",
        "\"",
        "",
        ",",
        "\"a\",".repeat(400),
        "sha256:x",
        "**",
        "\"*\"",
        "\u00ff");
  }

  String mediaType() {
    return dice.pick(
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.index.v1+json",
        "application/json",
        "application/octet-stream",
        "application/vnd.docker.distribution.manifest.v2+json",
        "",
        ";",
        "*/*",
        "a",
        "/",
        "text/html;charset=utf-16",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "APPLICATION/JSON",
        "a/b;" + "c".repeat(3000),
        "multipart/byteranges",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "\u0130/\u00ff");
  }

  private String connection() {
    return dice.pick(
        "Connection: close\r\n",
        "Connection: keep-alive\r\n",
        "Connection: Host, Content-Length\r\n",
        "Expect: 100-continue\r\n",
        "Expect: 100-continue\r\n",
        "Expect: 200-ok\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAA\r\n",
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !\r\n",
        "Connection: Upgrade\r\nUpgrade: h2c\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Upgrade: TLS/1.0\r\nConnection: upgrade\r\n",
        "TE: trailers, deflate\r\n",
        "Trailer: Content-Length\r\n");
  }

  private String forwarded() {
    return dice.pick(
            "X-Forwarded-Host: ",
            "X-Forwarded-Proto: ",
            "X-Forwarded-Port: ",
            "Forwarded: host=",
            "Forwarded: proto=",
            "X-Forwarded-For: ",
            "Host: ",
            "Origin: ")
        + dice.pick(
            "a",
            "https",
            "http",
            "localhost",
            "a b",
            "[::1]",
            "[",
            "]:",
            "a:b:c",
            ":",
            "\"",
            "\"a\"",
            "a,b",
            "",
            "evil.example/x",
            "@",
            "localhost:99999",
            "localhost:",
            "localhost:-1",
            "localhost:a",
            "\u00ff",
            "1.2.3.4.5",
            "a".repeat(3000),
            "http://localhost",
            "null",
            "a;b=c",
            "%0d%0aX:y",
            "[::1%25eth0]",
            "127.1",
            "0")
        + "\r\n";
  }

  private String malformed() {
    return dice.pick(
        "X\r\n",
        ": y\r\n",
        "X : y\r\n",
        " X: y\r\n",
        "X: y\r\n z\r\n",
        "X: y\n",
        "X: \0\r\n",
        "X\0: y\r\n",
        "X: y\rZ: a\r\n",
        "\u00e4: y\r\n",
        "X: \u00e4\r\n",
        "X: " + "y".repeat(20_000) + "\r\n",
        "X".repeat(20_000) + ": y\r\n",
        "(): y\r\n",
        "X: y\r\n".repeat(2000),
        "\r\n",
        "X:\r\n",
        "X: \u0001\r\n",
        "X: \u007f\r\n",
        "X: \r\n\r\n");
  }

  private String other() {
    return dice.pick(
        "User-Agent: \u001b[31m\r\n",
        "User-Agent: " + "a".repeat(5000) + "\r\n",
        "Authorization: Basic !!!\r\n",
        "Authorization: Bearer\r\n",
        "Cookie: a=b\r\n",
        "Accept-Encoding: gzip, br;q=0, *\r\n",
        "Content-Encoding: gzip\r\n",
        "Content-Length: " + dice.number() + "\r\n",
        "Host: localhost\r\n",
        "Date: 1\r\n",
        "If-Range: \"a\"\r\n",
        "If-Modified-Since: x\r\n",
        "X-HTTP-Method-Override: DELETE\r\n",
        "Content-Digest: sha-256=:x:\r\n",
        "Docker-Content-Digest: x\r\n",
        "OCI-Chunk-Min-Length: -1\r\n",
        "Transfer-Encoding: chunked\r\n");
  }
}
