"""A complete client of Guoban's RPC in the standard library and protobuf (Debian: python3-protobuf).

    with guoban.connect("unix:/run/guoban/guoban.sock") as client:
        answer = client.call("/guoban.v1.PassService/VerifyPass", {"plate": "豫J12345"})

No generated files: the five messages needed to begin are written down in `bootstrap()`; the daemon describes the rest.
"""
import contextlib, itertools, queue, socket, ssl, struct, threading, time
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, json_format, message_factory

CODES = ("OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED "
         "RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS "
         "UNAUTHENTICATED").split()
FRAME_BYTES_MAX = 64 << 20  # whatever the daemon announces
GRACE_SECONDS = 0.25  # the daemon knows better why it is late


class Status(Exception):
    """How a call ended when it did not end well."""
    def __init__(self, code, message, details=(), english=None):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.details, self.english = code, message, details, english or message


def bootstrap():
    """guoban.rpc.v1's frames, as frame.proto has them."""
    kinds = {"u": 13, "s": 9, "b": 12, "t": 8}  # uint32, string, bytes, bool; anything else is a message
    file = descriptor_pb2.FileDescriptorProto(name="boot.proto", package="guoban.rpc.v1", syntax="proto3")
    for line in """
            Frame stream_id:1:u hello:2:Hello call:3:Call data:4:Data reply:5:Reply credit:6:Credit cancel:7:Cancel \
                ping:8:Ping go_away:9:GoAway
            Hello protocol_versions:1:u* name:2:s token:3:s methods:4:MethodEntry* limits:5:Limits permissions:7:s* \
                principal:8:s
            MethodEntry name:1:s id:2:u server_streaming:3:t client_streaming:4:t
            Limits frame_bytes_max:1:u message_bytes_max:2:u stream_credit_bytes:8:u connection_credit_bytes:9:u
            Call method:1:s timeout_ms:3:u metadata:4:Metadata* message:5:b end_stream:6:t
            Metadata key:1:s value:2:s
            Data message:1:b end_stream:2:t
            Reply code:1:u status_message:2:s details:3:b* message:4:b
            Credit bytes:1:u
            Cancel
            Ping payload:1:b answer:2:t
            GoAway last_stream_id:1:u code:2:u reason:3:s
            DescribeResponse file_descriptor_set:1:b""".replace("\\\n", "").strip().splitlines():
        name, *fields = line.split()
        message = file.message_type.add(name=name)
        for field, number, kind in (text.split(":") for text in fields):
            kind, label = kind.rstrip("*"), 3 if kind.endswith("*") else 1
            of = {"type": kinds[kind]} if kind in kinds else {"type": 11, "type_name": ".guoban.rpc.v1." + kind}
            message.field.add(name=field, number=int(number), label=label, **of)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetMessages(["boot.proto"])


RPC = {name.rpartition(".")[2]: kind for name, kind in bootstrap().items()}
Frame = RPC["Frame"]


def connect(address, token="", name="python/1", context=None, timeout=5):
    """`unix:PATH`, `tcp:HOST:PORT` or `tls:HOST:PORT`; `context` is an ssl.SSLContext, by default the system's CAs."""
    scheme, _, rest = address.partition(":")
    if scheme == "unix":
        stream = socket.socket(socket.AF_UNIX)
        stream.settimeout(timeout)
        stream.connect(rest)
    elif scheme in ("tcp", "tls"):
        host, _, port = rest.rpartition(":")
        stream = socket.create_connection((host.strip("[]"), int(port)), timeout)
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if scheme == "tls":
            stream = (context or ssl.create_default_context()).wrap_socket(stream, server_hostname=host.strip("[]"))
    else:
        raise ValueError(f"an address begins with unix:, tcp: or tls:, not {address!r}")
    return Client(stream, token, name)


class Client(contextlib.AbstractContextManager):
    """One connection; any number of threads may call at once."""
    def __init__(self, stream, token, name):
        self._socket, self._lock, self._numbers, self._calls = stream, threading.Condition(), itertools.count(1), {}
        self._writing, self._pings, self._ending, self._described = threading.Lock(), {}, None, None
        self._file = stream.makefile("rb")
        self._write(Frame(hello={"protocol_versions": [1], "name": name, "token": token}))
        first = self._read(1 << 20)  # within the time given to connect()
        if not first.HasField("hello"):
            self._file.close(), stream.close()
            raise Status(CODES[first.go_away.code or 14], first.go_away.reason or "the first frame is not Hello")
        self.hello, self.limits = first.hello, first.hello.limits
        self._methods = {entry.name: entry for entry in self.hello.methods}
        self._credit, self._owed = self.limits.connection_credit_bytes, 0  # to send; received and not given back yet
        stream.settimeout(None)
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def __exit__(self, *_):
        """Ends the connection; calls that run fail with UNAVAILABLE."""
        with contextlib.suppress(OSError):  # the daemon was faster
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(), self._file.close(), self._socket.close()

    def call(self, method, request=None, timeout=None, metadata=None):
        """One message each way. `request` is a message, a dict as in proto3's JSON, or None."""
        answers = list(call := self.open(method, [{} if request is None else request], timeout, metadata))
        return answers[-1] if answers else call._unpacked(b"")

    def open(self, method, requests=({},), timeout=None, metadata=None):
        """Starts any call, sends `requests`, and says that nothing follows unless `requests` is None. Iterate over it for
        the answers; `send`, `finish` and `cancel` it."""
        call = Call(self, method, self.method(method), timeout, metadata, requests)
        if requests is not None and self._methods[method].client_streaming:
            for request in requests:
                call.send(request)
            call.finish()
        return call

    def ping(self, timeout=5):
        """Seconds to the daemon and back."""
        payload, done, start = struct.pack("!Q", next(self._numbers)), threading.Event(), time.monotonic()
        self._pings[payload] = done
        self._write(Frame(ping={"payload": payload}))
        if not done.wait(timeout):
            raise Status("DEADLINE_EXCEEDED", "no answer to a ping")
        return time.monotonic() - start

    def method(self, name):
        """The descriptor of a method; None, and bytes each way, when the daemon offers it without describing it."""
        if name not in self._methods:
            raise Status("UNIMPLEMENTED", f"the daemon {self.hello.name} has no method {name}")
        with contextlib.suppress(KeyError):
            return self._descriptors()[0].FindMethodByName(name[1:].replace("/", "."))

    def new(self, name, **fields):
        """A message of this full name with these fields."""
        pool, factory = self._descriptors()
        return factory.GetPrototype(pool.FindMessageTypeByName(name))(**fields)

    def _descriptors(self):
        if self._described is None:
            describe = Call(self, "/guoban.rpc.v1.ReflectionService/Describe", None, 10, None, [b""])
            pool, answer = descriptor_pool.DescriptorPool(), RPC["DescribeResponse"].FromString(list(describe)[-1])
            for file in descriptor_pb2.FileDescriptorSet.FromString(answer.file_descriptor_set).file:
                pool.Add(file)  # protoc writes what a file imports before it
            self._described = pool, message_factory.MessageFactory(pool)
        return self._described

    def _write(self, frame, call=None):
        try:
            with self._writing:
                if call:  # ids must reach the wire in their order, so the number is taken where the frame is sent
                    call.stream_id = frame.stream_id = next(self._numbers)
                    self._calls[call.stream_id] = call
                body = frame.SerializeToString()
                self._socket.sendall(struct.pack("!BI", 0, len(body)) + body)
        except OSError as error:
            raise Status("UNAVAILABLE", f"the connection was lost: {error}") from error

    def _read(self, bytes_max):
        flags, length = struct.unpack("!BI", self._exactly(5))
        if flags != 0 or length > bytes_max:
            raise OSError(f"a frame with flags {flags} and {length} bytes is not of this protocol")
        return Frame.FromString(self._exactly(length))

    def _exactly(self, count):
        part = self._file.read(count)
        if len(part) < count:
            raise OSError("the daemon closed it")
        return part

    def _listen(self):
        try:
            while True:
                self._received(self._read(min(self.limits.frame_bytes_max, FRAME_BYTES_MAX)))
        except Exception as error:  # whatever the daemon did, nobody may wait for ever
            self._leave(Status("UNAVAILABLE", f"the connection was lost: {error}"), 0)

    def _received(self, frame):
        body, call = frame.ListFields()[-1][0].name, self._calls.get(frame.stream_id)
        if body == "ping" and frame.ping.answer:
            self._pings.pop(frame.ping.payload, threading.Event()).set()
        elif body == "ping":
            frame.ping.answer = True
            self._write(frame)
        elif body == "go_away":
            away = frame.go_away
            self._leave(Status("UNAVAILABLE" if away.code == 0 else CODES[away.code], away.reason), away.last_stream_id)
        elif body == "credit":
            with self._lock:
                if frame.stream_id == 0:
                    self._credit += frame.credit.bytes
                elif call:
                    call._credit += frame.credit.bytes
                self._lock.notify_all()
        elif body == "data":
            self._give_back(len(frame.data.message))  # at once, so that an idle consumer holds up nobody else
            if call:
                call._inbox.put(frame.data.message)
        elif body == "reply" and call:
            call._end(frame.reply)

    def _give_back(self, count, stream_id=0, owner=None):
        owner = owner or self
        owner._owed += count
        half = (self.limits.stream_credit_bytes if stream_id else self.limits.connection_credit_bytes) // 2
        if owner._owed > 0 and owner._owed >= half:
            self._write(Frame(stream_id=stream_id, credit={"bytes": owner._owed}))
            owner._owed = 0

    def _leave(self, status, last_served):
        with self._lock:
            self._ending, self._last_served = self._ending or status, last_served
            lost = [call for number, call in list(self._calls.items()) if number > last_served]
        for call in lost:
            call._end(RPC["Reply"](code=CODES.index("UNAVAILABLE"), status_message=status.message))


class Call:
    """A call that runs: iterate over it for the answers. Leaving the iteration cancels what has not ended."""
    def __init__(self, client, method, described, timeout, metadata, requests):
        self._client, self._described, self._inbox, self._owed = client, described, queue.SimpleQueue(), 0
        self._credit, self._ended = client.limits.stream_credit_bytes, None
        self._deadline = None if timeout is None else time.monotonic() + timeout + GRACE_SECONDS
        frame = Frame(call={"method": method, "timeout_ms": 0 if timeout is None else max(1, int(timeout * 1000))})
        frame.call.metadata.extend(RPC["Metadata"](key=key, value=value) for key, value in (metadata or {}).items())
        if not client._methods[method].client_streaming:
            frame.call.message, frame.call.end_stream = self._packed(requests[0]), True
        if client._ending:
            raise client._ending
        client._write(frame, call=self)
        if client._ending:  # it may have ended before the reader could know of this call
            client._leave(client._ending, client._last_served)

    def send(self, request):
        """One more message, as soon as the daemon's credit allows it."""
        message, client = self._packed(request), self._client
        with client._lock:
            allowed = client._lock.wait_for(
                lambda: self._ended is not None or (self._credit > 0 and client._credit > 0), self._left())
            if allowed and self._ended is None:
                self._credit, client._credit = self._credit - len(message), client._credit - len(message)
        if not allowed:
            self.cancel()
            raise Status("DEADLINE_EXCEEDED", "no credit from the daemon in time")
        if self._ended is not None:
            raise self._status()  # OK when the daemon answered before it had everything: it takes no more
        client._write(Frame(stream_id=self.stream_id, data={"message": message}))

    def finish(self):
        """Says that nothing follows."""
        self._client._write(Frame(stream_id=self.stream_id, data={"end_stream": True}))

    def cancel(self):
        """Stops; the daemon is told."""
        if self._ended is None:
            self._client._write(Frame(stream_id=self.stream_id, cancel={}))
            self._end(RPC["Reply"](code=CODES.index("CANCELLED"), status_message="the call was cancelled"))

    def __iter__(self):
        try:
            while (message := self._inbox.get(timeout=self._left())) is not None:
                if self._ended is None:
                    self._client._give_back(len(message), self.stream_id, self)
                yield self._unpacked(message)
            if self._ended.message:  # the last answer comes in the reply
                yield self._unpacked(self._ended.message)
            if self._ended.code:
                raise self._status()
        except queue.Empty:
            raise Status("DEADLINE_EXCEEDED", "no answer from the daemon in time") from None
        finally:
            self.cancel()

    def _left(self):
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def _status(self):
        details = list(self._ended.details)
        english = [RPC["Metadata"].FromString(each.value).value  # two strings, as in a LocalizedMessage
                   for each in map(any_pb2.Any.FromString, details) if each.type_url.endswith(".LocalizedMessage")]
        return Status(CODES[self._ended.code], self._ended.status_message, details, *english[:1])

    def _end(self, reply):
        with self._client._lock:
            if self._client._calls.pop(self.stream_id, None) is not None:
                self._ended = reply
                self._client._lock.notify_all()
                self._inbox.put(None)

    def _packed(self, request):
        if isinstance(request, dict):
            request = json_format.ParseDict(request, self._client.new(self._described.input_type.full_name))
        packed = request if isinstance(request, bytes) else request.SerializeToString()
        if len(packed) > (most := self._client.limits.message_bytes_max):  # a frame too long would end the connection
            raise Status("RESOURCE_EXHAUSTED", f"{len(packed)} bytes in a message; message_bytes_max is {most}")
        return packed

    def _unpacked(self, message):
        described = self._described
        return self._client.new(described.output_type.full_name).FromString(message) if described else message
