package io.slipway.http.v2;

import io.slipway.repository.Page;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Answers with a list of names. Without {@code n} it sends all of them, read and written page by
 * page, so that a list of any length takes little memory.
 */
final class NameList {
  private static final int STREAMED_PAGE = 1000;

  /** Reads one page of names. */
  @FunctionalInterface
  interface Source {
    Future<Page<String>> read(String after, int limit);
  }

  private final Exchange exchange;
  private final String path;
  private final String head;
  private final Source source;

  /**
   * Prepares a list.
   *
   * @param path of this list, for the link to its next page
   * @param head the JSON object up to its first name
   */
  NameList(Exchange exchange, String path, String head, Source source) {
    this.exchange = exchange;
    this.path = path;
    this.head = head;
    this.source = source;
  }

  void send() {
    PageQuery query = PageQuery.of(exchange.query());
    int limit = query.limit().orElse(STREAMED_PAGE);
    exchange.when(
        source.read(query.after(), limit),
        page -> {
          exchange.response().putHeader(V2Headers.CONTENT_TYPE, V2Headers.JSON);
          if (query.limit().isPresent()) {
            if (limit > 0 && page.more()) {
              String next = query.next(limit, page.items().getLast());
              exchange.response().putHeader(V2Headers.LINK, exchange.nextPage(path, next));
            }
            end(page);
          } else if (page.more()) {
            stream(page);
          } else {
            end(page);
          }
        });
  }

  private void end(Page<String> page) {
    BytesSender.end(exchange.response(), json(head, page.items(), "]}\n"));
  }

  private void stream(Page<String> first) {
    HttpServerResponse response = exchange.response();
    response.setChunked(true);
    exchange.when(
        response.write(json(head, first.items(), "")).compose(ignored -> rest(first)),
        ignored -> response.end("]}\n"));
  }

  /** Writes what follows a page; the next one is read when this one is on its way. */
  private Future<Void> rest(Page<String> page) {
    if (!page.more()) {
      return Future.succeededFuture();
    }
    return source
        .read(page.items().getLast(), STREAMED_PAGE)
        .compose(
            next ->
                next.items().isEmpty()
                    ? Future.succeededFuture()
                    : exchange
                        .response()
                        .write(json(",", next.items(), ""))
                        .compose(ignored -> rest(next)));
  }

  /** Writes names, which hold nothing that JSON would want escaped. */
  private static Buffer json(String head, List<String> names, String end) {
    StringBuilder json = new StringBuilder(head.length() + names.size() * 24 + 3).append(head);
    for (int i = 0; i < names.size(); i++) {
      json.append(i == 0 ? "\"" : ",\"").append(names.get(i)).append('"');
    }
    return Buffer.buffer(json.append(end).toString().getBytes(StandardCharsets.US_ASCII));
  }
}
