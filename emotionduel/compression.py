"""Which answers are compressed: text that is not marked private, so whatever anybody may see.

The size of a compressed page betrays what stands beside words that a stranger chose (BREACH). What is one person's is
therefore marked private and goes out as it is; a form's token on a public page is masked anew in each answer.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "application/json", "application/vnd.oai.openapi", "image/svg+xml")


class Compression(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        private = "private" in response.headers.get("Cache-Control", "")
        if private or not response.headers.get("Content-Type", "").startswith(TEXT):
            return response
        return super().process_response(request, response)
