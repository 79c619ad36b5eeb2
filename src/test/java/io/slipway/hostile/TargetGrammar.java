package io.slipway.hostile;

/** Makes addresses of requests: those of the API, with wrong words in them. */
record TargetGrammar(Dice dice) {
  String of(String method) {
    String path = path(method);
    String query = dice.chance(0.45) ? "?" + query() : "";
    if (dice.chance(0.04)) {
      return dice.pick(
          "*",
          "",
          "http://localhost" + path,
          "http://evil.example" + path,
          "localhost:80",
          "//" + path,
          "http://",
          "http:///v2/",
          "http://a@localhost/v2/",
          "HTTP://[::1]/v2/",
          "http://[::/v2/",
          "/../.." + path,
          path + "#x",
          "\\v2\\",
          "?",
          "/v2/?" + query(),
          "ftp://localhost/v2/",
          "http://localhost:99999" + path,
          path + ";a=b");
    }
    return path + query;
  }

  private String path(String method) {
    if (dice.chance(0.04)) {
      return dice.pick(
          "/",
          "/v2",
          "/v2/",
          "/_catalog",
          "/v2/_catalog",
          "/healthz",
          "/livez",
          "/readyz",
          "/metrics",
          "/v2//",
          "/v2/a",
          "/v1/",
          "/favicon.ico",
          "/%76%32/",
          "/v2/%",
          "/.");
    }
    String name = "/v2/" + name() + "/";
    if (method.equals("POST")) {
      return name + "blobs/uploads/";
    }
    if (method.equals("PATCH") || (method.equals("PUT") && dice.chance(0.5))) {
      return name + "blobs/uploads/" + upload();
    }
    return name
        + switch (dice.below(7)) {
          case 0 -> "tags/list";
          case 1 -> "referrers/" + digest();
          case 2 -> "blobs/" + digest();
          case 3 -> "blobs/uploads/" + upload();
          default -> "manifests/" + (dice.chance(0.5) ? tag() : digest());
        };
  }

  private String name() {
    if (dice.chance(0.8)) {
      return dice.pick("team/app", "team/app", "other", "a/b/c/d");
    }
    return dice.pick(
        "..",
        ".",
        "%2e%2e",
        "a/../../b",
        "%00",
        "a%00b",
        "%c0%ae%c0%ae",
        "%ED%A0%80",
        "%FF%FE",
        "\u00e4",
        "\u0000",
        "A",
        "",
        "a//b",
        "/a",
        "%2F",
        "a%2Fb",
        "%252F",
        "%",
        "%4",
        "%zz",
        "-a",
        "a".repeat(255),
        "a".repeat(256),
        "a/".repeat(120) + "a",
        "a/".repeat(4000),
        "a b",
        "a+b",
        "a%20b",
        "a%0d%0aX:y",
        "%u0041",
        "{}",
        "a;b",
        "a:5000/b",
        "xn--a",
        "a\tb",
        "%E2%80%AE",
        "%F0%9F%98%80",
        "%c3%28",
        "blobs/uploads",
        "v2",
        "_catalog",
        "%ef%bc%8f",
        "a\u00adb");
  }

  private String upload() {
    return dice.chance(0.85)
        ? "{upload}"
        : dice.pick(
            "",
            "..",
            "1",
            "%2e%2e%2f",
            "a".repeat(65),
            "{upload}/",
            "{upload}x",
            "00000000-0000-0000-0000-000000000000",
            "%00",
            "../../registry.db",
            "{upload}%2f..");
  }

  private String tag() {
    return dice.chance(0.8)
        ? dice.pick("v1", "v1", "v2", "fuzz" + dice.below(20))
        : dice.pick(
            "",
            ".",
            "..",
            "-",
            "a".repeat(128),
            "a".repeat(129),
            "a%2fb",
            "%00",
            "a b",
            "\u00fc",
            "sha256:",
            "v1@sha256:00",
            "_",
            "%ff",
            "a%0a",
            "*",
            "v1/..",
            "$(id)",
            "'--");
  }

  private String digest() {
    if (dice.chance(0.75)) {
      return dice.pick(
          FuzzContent.BLOB_DIGEST.text(), FuzzContent.MANIFEST_DIGEST.text(), FuzzContent.EMPTY);
    }
    return dice.pick(
        "sha256:",
        "sha256:" + "0".repeat(64),
        "sha256:" + "0".repeat(63),
        "sha512:" + "a".repeat(128),
        "sha512:" + "0".repeat(64),
        "SHA256:" + "0".repeat(64),
        "md5:" + "0".repeat(32),
        ":",
        "::",
        "sha256:" + "A".repeat(64),
        "sha256:" + "g".repeat(64),
        "sha256%3A" + "0".repeat(64),
        "sha256:..%2f..",
        "sha256:" + "0".repeat(5000),
        "sha256-" + "0".repeat(64),
        "%00",
        "",
        "sha256:" + "%30".repeat(64),
        "sha256:\u0660" + "0".repeat(63),
        "sha256+b64u:abc");
  }

  private String query() {
    StringBuilder query = new StringBuilder();
    int parameters = dice.chance(0.02) ? 300 : 1 + dice.below(3);
    for (int i = 0; i < parameters; i++) {
      query.append(i == 0 || dice.chance(0.1) ? "" : "&").append(parameter());
    }
    return query.toString();
  }

  private String parameter() {
    return switch (dice.below(9)) {
      case 0, 1 -> "n=" + dice.number();
      case 2 ->
          "last=" + dice.pick(name(), tag(), "%ff", "a".repeat(9000), "%F0%9F%98%80", "\u00ff");
      case 3, 4 -> "digest=" + digest();
      case 5 -> "mount=" + digest() + (dice.chance(0.7) ? "&from=" + name() : "");
      case 6 -> "tag=" + tag();
      case 7 ->
          "artifactType=" + dice.pick("", "a/b", "a%2Bb", "%", "a".repeat(300), "'\"<>", "%00");
      default ->
          dice.pick(
              "digest-algorithm=sha512",
              "digest-algorithm=md5",
              "digest-algorithm=",
              "ns=docker.io",
              "=",
              "&",
              "n",
              "n&n&n",
              "n=1&n=2",
              "%6e=1",
              "a=b=c",
              "%",
              "%zz=1",
              "\0",
              "[]=1",
              "_method=DELETE",
              "n=10&last=&last=b",
              "scope=*",
              "\u00e4=\u00e4",
              "a;b=c");
    };
  }
}
