/// A reporter in plain Python 3, protobuf written by hand: what speaks the protocol is a reporter, whatever it is made of.
let pythonReporter = #"""
  #!/usr/bin/python3
  import sys

  def varint(n):
      out = b""
      while n > 127:
          out += bytes([n & 127 | 128])
          n >>= 7
      return out + bytes([n])

  def field(number, payload):
      if isinstance(payload, int):
          return varint(number << 3) + varint(payload)
      if isinstance(payload, str):
          payload = payload.encode()
      return varint(number << 3 | 2) + varint(len(payload)) + payload

  def read_varint(data, at):
      value = shift = 0
      while True:
          byte = data[at]
          at += 1
          value |= (byte & 127) << shift
          shift += 7
          if byte < 128:
              return value, at

  def fields(data):
      at = 0
      while at < len(data):
          key, at = read_varint(data, at)
          if key & 7 == 0:
              value, at = read_varint(data, at)
          else:
              length, at = read_varint(data, at)
              value, at = data[at:at + length], at + length
          yield key >> 3, value

  def send(number, message):
      body = field(number, message)
      sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
      sys.stdout.buffer.flush()

  def receive():
      length = int.from_bytes(sys.stdin.buffer.read(4), "big")
      return next(fields(sys.stdin.buffer.read(length)))

  HELLO, DESCRIBE, RUN, COLUMNS, DATA_END = 1, 2, 3, 4, 5
  assert receive()[0] == HELLO
  send(1, field(1, 1) + field(2, "regions/1.0"))
  assert receive()[0] == DESCRIBE
  measure = field(1, 1)  # COUNT
  send(2, field(1, field(1, "q") + field(2, "Region") + field(4, "key") + field(5, measure)))
  assert receive()[0] == RUN
  names = []
  while True:
      kind, message = receive()
      if kind == DATA_END:
          break
      for number, column in fields(message):
          if number == 2:
              column = list(fields(column))
              if (1, b"key") in column:
                  names += [value for number, value in column if number == 2]
  text_column = field(1, "code") + field(2, "代码") + field(3, 1)
  rows = b"".join(field(4, field(1, field(1, name))) for name in names)
  table = field(1, "t") + field(2, "地区") + field(3, text_column) + rows
  send(3, field(1, "地区一览") + field(3, table) + field(5, "regions/1"))
  send(5, b"")
  """#
