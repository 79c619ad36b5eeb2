package io.slipway.blob.s3;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What stands in a request to <a
 * href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html">delete many
 * objects</a> and in its answer.
 */
final class DeletionXml {
  private DeletionXml() {}

  /**
   * What a server says of the keys.
   *
   * @param deleted those it says are gone
   * @param busy whether it says of any that it has no time for it
   * @param reason why the first of those that are not gone is there, in the server's words; empty
   *     when there is none
   */
  record Result(Set<String> deleted, boolean busy, String reason) {}

  private static final Set<String> BUSY =
      Set.of("InternalError", "OperationAborted", "ServiceUnavailable", "SlowDown");

  /** Tells whether XML can carry a key at all: most control characters it cannot. */
  static boolean carries(String key) {
    return key.codePoints()
        .allMatch(
            c ->
                c == '\t'
                    || c == '\n'
                    || c == '\r'
                    || (c >= 0x20 && c <= 0xD7FF)
                    || (c >= 0xE000 && c <= 0xFFFD)
                    || c >= 0x10000);
  }

  /** Writes the request; its answer names every key, for what is not named is not known gone. */
  static Buffer request(List<String> keys) {
    StringBuilder xml =
        new StringBuilder("<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
    for (String key : keys) {
      xml.append("<Object><Key>");
      key.chars().forEach(c -> append(xml, (char) c));
      xml.append("</Key></Object>");
    }
    return Buffer.buffer(xml.append("</Delete>").toString());
  }

  private static void append(StringBuilder xml, char c) {
    switch (c) {
      case '&' -> xml.append("&amp;");
      case '<' -> xml.append("&lt;");
      case '>' -> xml.append("&gt;");
      case '"' -> xml.append("&quot;");
      case '\'' -> xml.append("&apos;");
      // As they are, a reader takes them for other white space.
      case '\t', '\n', '\r' -> xml.append("&#").append((int) c).append(';');
      default -> xml.append(c);
    }
  }

  /**
   * Reads an answer.
   *
   * @throws XMLStreamException when it is not the whole of one
   */
  static Result result(Buffer answer) throws XMLStreamException {
    XMLInputFactory parsers = XMLInputFactory.newFactory();
    parsers.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    parsers.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    parsers.setProperty(XMLInputFactory.IS_COALESCING, true);
    XMLStreamReader xml =
        parsers.createXMLStreamReader(new ByteArrayInputStream(answer.getBytes()));
    try {
      xml.nextTag();
      if (!xml.getLocalName().equals("DeleteResult")) {
        // A server that had begun to answer 200 when it failed.
        String code = entry(xml).code();
        return new Result(Set.of(), BUSY.contains(code), code + " instead of a result");
      }
      return entries(xml);
    } finally {
      xml.close();
    }
  }

  private static Result entries(XMLStreamReader xml) throws XMLStreamException {
    Set<String> deleted = new HashSet<>();
    boolean busy = false;
    String reason = "";
    while (xml.nextTag() == XMLStreamReader.START_ELEMENT) {
      boolean gone = xml.getLocalName().equals("Deleted");
      Entry entry = entry(xml);
      if (gone) {
        deleted.add(entry.key());
      } else {
        busy |= BUSY.contains(entry.code());
        reason = reason.isEmpty() ? entry.code() + " for " + entry.key() : reason;
      }
    }
    while (xml.hasNext()) {
      xml.next();
    }
    return new Result(deleted, busy, reason);
  }

  private record Entry(String key, String code) {}

  private static Entry entry(XMLStreamReader xml) throws XMLStreamException {
    String key = "";
    String code = "";
    while (xml.nextTag() == XMLStreamReader.START_ELEMENT) {
      String name = xml.getLocalName();
      String text = xml.getElementText();
      if (name.equals("Key")) {
        key = text;
      } else if (name.equals("Code")) {
        code = text;
      }
    }
    return new Entry(key, code);
  }
}
