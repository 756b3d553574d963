/** Bytes that are no decent HTTP, sent over TLS as they are. */
export const badWires: readonly (readonly [string, string])[] = [
  [
    "both lengths",
    request("POST", "Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
  ],
  ["two lengths", request("POST", "Content-Length: 4\r\nContent-Length: 5", "{}{}")],
  ["a negative length", request("POST", "Content-Length: -1", "{}")],
  ["a length of letters", request("POST", "Content-Length: four", "{}")],
  ["a length beyond all bounds", request("POST", "Content-Length: 99999999999999999999", "{}")],
  ["a chunk of letters", request("POST", "Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n")],
  ["a chunk that is too long", request("POST", "Transfer-Encoding: chunked", "ffffffffffffffffff\r\n{}")],
  ["a space before the colon", request("GET", "Accept : x", "")],
  ["a folded header", request("GET", "X-A: b\r\n c: d", "")],
  ["a header without a name", request("GET", ": x", "")],
  ["a null in a header", request("GET", "X-A: \u0000", "")],
  ["an unknown version", "GET /api HTTP/9.9\r\nHost: x\r\n\r\n"],
  ["no version", "GET /api\r\n\r\n"],
  ["no host", "GET /api HTTP/1.1\r\n\r\n"],
  ["an absolute address elsewhere", "GET http://elsewhere.example/ HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["CONNECT", "CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: x\r\n\r\n"],
  ["an unknown expectation", request("POST", "Content-Length: 2\r\nExpect: the-unexpected", "{}")],
  ["headers without end", `GET /api HTTP/1.1\r\nHost: x\r\n${"X-A: b\r\n".repeat(5000)}\r\n`],
  ["one endless header", `GET /api HTTP/1.1\r\nHost: x\r\nX-A: ${"b".repeat(100_000)}\r\n\r\n`],
  ["an endless line", `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ["rubbish", "\u0001\u0002\u0003\r\n\r\n"],
  ["half an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nrubbish rubbish rubbish"],
];

function request(method: string, headers: string, body: string): string {
  return `${method} /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${body}`;
}
