"""A stub of Amazon ECR, ECR Public and STS that checks every signature with botocore's own signer.

It answers only what carries a valid Signature Version 4 of a key it knows, for the service and the
region that the request is for, and a role only to who shows its external id. Prints its port.
"""

import base64
import hmac
import json
import re
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

# The role's external id, given by the test; the role's name is part of the rule that is tested.
ROLE, EXTERNAL_ID = sys.argv[1], sys.argv[2]
EXPIRES = float(sys.argv[3])
KEYS = {
    "AKIAVERIFIERPERSON01": ("secret/of+a=person", None),
    "AKIAVERIFIERSERVER01": ("secret/of+this=server", None),
    "ASIAVERIFIERASSUMED1": ("secret/of+the=role", "session//token=="),
    "ASIAVERIFIERWEBIDEN1": ("secret/of+the=web", "session//of+web=="),
}
ECR = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken"
ECR_PUBLIC = "SpencerFrontendService.GetAuthorizationToken"
SHAPE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8})/([\w-]+)/([\w-]+)/aws4_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
FORM = "application/x-www-form-urlencoded"
count = {"asked": 0}


class Refused(Exception):
    pass


def who(handler, body):
    """The key, region and service of a request whose signature is right."""
    shape = SHAPE.fullmatch(handler.headers.get("authorization", ""))
    if not shape:
        raise Refused("IncompleteSignature")
    key, day, region, service, names, signature = shape.groups()
    if key not in KEYS:
        raise Refused("UnrecognizedClientException")
    secret, session = KEYS[key]
    names = names.split(";")
    must = {"host", "x-amz-date", "content-type"}
    must |= {name for name in map(str.lower, handler.headers) if name.startswith("x-amz-")}
    if names != sorted(names) or not must <= set(names):
        raise Refused("SignatureDoesNotMatch")
    if handler.headers.get("x-amz-security-token") != session:
        raise Refused("UnrecognizedClientException")
    url = f"http://{handler.headers['host']}{handler.path}"
    request = AWSRequest("POST", url, {name: handler.headers[name] for name in names}, body)
    time = handler.headers["x-amz-date"]
    if time[:8] != day:
        raise Refused("SignatureDoesNotMatch")
    request.context["timestamp"] = time
    signer = SigV4Auth(Credentials(key, secret, session), service, region)
    expected = signer.signature(
        signer.string_to_sign(request, signer.canonical_request(request)), request
    )
    if not hmac.compare_digest(expected, signature):
        raise Refused("InvalidSignatureException")
    return key, region, service


def token(key, region):
    text = f"AWS:token:of:{key}:{region}".encode()
    return {
        "authorizationToken": base64.b64encode(text).decode(),
        "expiresAt": EXPIRES,
        "proxyEndpoint": f"https://123456789012.dkr.ecr.{region}.amazonaws.com",
    }


def session(action, key):
    secret, token = KEYS[key]
    return f"""<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <{action}Result><AssumedRoleUser><Arn>x</Arn></AssumedRoleUser><Credentials>
    <AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>
    <SessionToken>{token}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
  </Credentials></{action}Result></{action}Response>"""


def sts(handler, body):
    if handler.headers.get("content-type") != FORM:
        raise Refused("InvalidAction")
    form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
    if form.get("Version") != "2011-06-15" or int(form["DurationSeconds"]) < 900:
        raise Refused("ValidationError")
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", form["RoleSessionName"]):
        raise Refused("ValidationError")
    if form["Action"] == "AssumeRoleWithWebIdentity":
        if form["WebIdentityToken"] != "web.identity.token":
            raise Refused("InvalidIdentityToken")
        return session("AssumeRoleWithWebIdentity", "ASIAVERIFIERWEBIDEN1")
    key, region, service = who(handler, body)
    if service != "sts" or form["Action"] != "AssumeRole":
        raise Refused("InvalidAction")
    if key not in ("AKIAVERIFIERSERVER01", "ASIAVERIFIERWEBIDEN1"):
        raise Refused("AccessDenied")
    if form["RoleArn"] != ROLE or form.get("ExternalId") != EXTERNAL_ID:
        raise Refused("AccessDenied")
    return session("AssumeRole", "ASIAVERIFIERASSUMED1")


def ecr(handler, body):
    if handler.headers.get("content-type") != "application/x-amz-json-1.1":
        raise Refused("SerializationException")
    key, region, service = who(handler, body)
    target = handler.headers.get("x-amz-target")
    if json.loads(body) == {} and (service, target) == ("ecr", ECR):
        return json.dumps({"authorizationData": [token(key, region)]})
    if (service, target, region) == ("ecr-public", ECR_PUBLIC, "us-east-1"):
        return json.dumps({"authorizationData": token(key, region)})
    raise Refused("AccessDeniedException")


class Aws(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200, json.dumps(count))

    def do_POST(self):
        count["asked"] += 1
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            self.answer(200, sts(self, body) if self.path == "/sts" else ecr(self, body))
        except Refused as refused:
            self.answer(400, json.dumps({"__type": str(refused), "message": "canary-echo"}))

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Aws)
print(server.server_port, flush=True)
server.serve_forever()
