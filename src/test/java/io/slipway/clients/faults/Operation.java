package io.slipway.clients.faults;

/** What clients ask of a registry. */
enum Operation {
  OPEN("POST: open an upload", Needs.DATABASE, Effect.WRITES),
  POST("POST: a small blob in one request", Needs.BOTH, Effect.WRITES),
  PATCH("PATCH: several parts", Needs.BOTH, Effect.WRITES),
  PUT("PUT: end of an upload", Needs.BOTH, Effect.WRITES),
  STATUS("GET: how far an upload is", Needs.DATABASE, Effect.READS),
  CANCEL("DELETE: an upload", Needs.DATABASE, Effect.WRITES),
  MOUNT("POST: mount a blob", Needs.DATABASE, Effect.WRITES),
  HEAD("HEAD: a blob", Needs.DATABASE, Effect.READS),
  GET("GET: a blob", Needs.BOTH, Effect.STREAMS),
  RANGE("GET: a part of a blob", Needs.BOTH, Effect.STREAMS),
  UNDER_WAY("GET: a blob, begun before", Needs.OBJECTS, Effect.STREAMS),
  MANIFEST("PUT: a manifest and its tag", Needs.DATABASE, Effect.WRITES),
  BY_TAG("GET: a manifest by tag", Needs.DATABASE, Effect.READS),
  BY_DIGEST("GET: a manifest by digest", Needs.DATABASE, Effect.READS),
  TAGS("GET: the tags", Needs.DATABASE, Effect.READS),
  CATALOG("GET: the catalog", Needs.DATABASE, Effect.READS),
  DELETE("DELETE: a manifest", Needs.DATABASE, Effect.WRITES);

  /** Which servers it cannot do without. */
  enum Needs {
    DATABASE,
    OBJECTS,
    BOTH;

    boolean needs(Dependency.Name name) {
      return switch (name) {
        case POSTGRESQL -> this != OBJECTS;
        case S3 -> this != DATABASE;
        case REDIS -> false;
      };
    }
  }

  /** What it does there. */
  enum Effect {
    READS,
    STREAMS,
    WRITES
  }

  private final String text;
  private final Needs needs;
  private final Effect effect;

  Operation(String text, Needs needs, Effect effect) {
    this.text = text;
    this.needs = needs;
    this.effect = effect;
  }

  Needs needs() {
    return needs;
  }

  Effect effect() {
    return effect;
  }

  /** Returns what stands in the table. */
  @Override
  public String toString() {
    return text;
  }
}
