/// What every column of texts starts with as far as its compression is concerned.
///
/// It is part of the format and never changes; it makes blocks of a few records small.
enum PresetDictionary {
    /// The texts, the most frequent ones last, because zlib finds those with the least effort.
    static let bytes: [UInt8] = Array(texts.joined(separator: "\r\n").utf8)

    private static let texts = [
        "TRACE ", "CONNECT ", "OPTIONS ", "HEAD ", "PATCH ", "DELETE ", "PUT ",
        "HTTP/1.0 200 OK", "HTTP/1.1 301 Moved Permanently", "HTTP/1.1 302 Found",
        "HTTP/1.1 304 Not Modified", "HTTP/1.1 400 Bad Request", "HTTP/1.1 401 Unauthorized",
        "HTTP/1.1 403 Forbidden", "HTTP/1.1 409 Conflict", "HTTP/1.1 413 Payload Too Large",
        "HTTP/1.1 422 Unprocessable Entity", "HTTP/1.1 500 Internal Server Error",
        "HTTP/1.1 502 Bad Gateway", "HTTP/1.1 503 Service Unavailable",
        "HTTP/1.1 504 Gateway Timeout", "HTTP/1.1 429 Too Many Requests", "Retry-After: ",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/ Safari/",
        "Accept-Language: en-US,en;q=0.9", "Accept-Encoding: gzip, deflate, br, zstd",
        "If-None-Match: ", "If-Modified-Since: ", "Referer: ", "Origin: ", "X-Forwarded-For: ",
        "X-Real-IP: ", "Cache-Control: no-cache", "Pragma: no-cache", "Upgrade: websocket",
        "Expect: 100-continue", "Content-Encoding: gzip", "Last-Modified: ", "ETag: ", "Vary: ",
        "Set-Cookie: ; Path=/; HttpOnly; Secure; SameSite=Lax", "Cookie: ", "X-API-Key: ",
        "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ", "tracestate: ",
        "keep-alive", "close", "HTTP/1.1 404 Not Found", "HTTP/1.1 201 Created",
        "HTTP/1.1 204 No Content", "text/plain; charset=utf-8", "text/html; charset=utf-8",
        "application/octet-stream", "application/x-www-form-urlencoded", "127.0.0.1:",
        "localhost:", "\"error\":\"", "\"message\":\"", "\"name\":\"", "\"items\":[{\"",
        "\":true,\"",
        "\":false,\"", "\":null,\"", "{\"id\":\"", "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ",
        "Sat, ", "Sun, ", " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ",
        " Sep ", " Oct ", " Nov ", " Dec ", ":", " GMT", "Transfer-Encoding: chunked", "Server: ",
        "/tenant/", "/script/", "/run/", "/health", "/metrics", "traceparent: ",
        "X-Mik-Handler: ", "x-mik-handler: ", "x-mik-duration-ms: ", "X-Request-Id: ",
        "x-request-id: ", "user-agent: ", "content-type: application/json", "content-length: ",
        "date: ", "connection: ", "accept: */*", "host: ", "POST ", "GET ", " HTTP/1.1",
        "Host: ", "User-Agent: ", "Accept: */*", "Connection: ", "Date: ", "HTTP/1.1 200 OK",
        "Content-Type: application/json", "Content-Length: ", "",
    ]
}
