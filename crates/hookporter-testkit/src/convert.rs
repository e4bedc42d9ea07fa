//! A signed request as other libraries take it.

use bytes::Bytes;

use crate::request::SignedRequest;

impl SignedRequest {
    /// The request for a tower service, such as an axum router. Its URI is the target.
    ///
    /// ```
    /// let request = hookporter_testkit::slack("the signing secret").target("/slack").build().into_http();
    /// assert_eq!(request.uri().path(), "/slack");
    /// ```
    ///
    /// # Panics
    /// If a header or the target is not valid HTTP; [`to_http1`](Self::to_http1) writes those too.
    #[must_use]
    pub fn into_http(self) -> http::Request<Bytes> {
        self.into_http_with(|body| body)
    }

    /// [`into_http`](Self::into_http) with another body type: `.into_http_with(axum::body::Body::from)`.
    ///
    /// # Panics
    /// If a header or the target is not valid HTTP.
    #[must_use]
    #[expect(clippy::panic, reason = "a test kit: the test that asked for the impossible must fail here")]
    pub fn into_http_with<B>(self, body: impl FnOnce(Bytes) -> B) -> http::Request<B> {
        let mut request = http::Request::builder().method(self.method.as_str()).uri(self.target.as_str());
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), value.as_str());
        }
        request.body(body(self.body)).unwrap_or_else(|error| panic!("this request is not valid HTTP: {error}"))
    }

    /// The bytes of the request in HTTP/1.1, to be written to a socket as they are: with `host`, `content-length` and
    /// `connection: close`, unless the request has a header of that name itself.
    ///
    /// ```
    /// let bytes = hookporter_testkit::github("a secret").body("{}").build().to_http1("127.0.0.1:3000");
    /// assert!(bytes.starts_with(b"POST /webhooks/github HTTP/1.1\r\nhost: 127.0.0.1:3000\r\n"));
    /// assert!(bytes.ends_with(b"\r\n\r\n{}"));
    /// ```
    #[must_use]
    pub fn to_http1(&self, host: &str) -> Vec<u8> {
        let length = self.body.len().to_string();
        let own = [("host", host), ("content-length", length.as_str()), ("connection", "close")];
        let own = own.into_iter().filter(|(name, _)| self.header(name).is_none());
        let given = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut text = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in own.chain(given) {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        [text.as_bytes(), &self.body].concat()
    }
}
