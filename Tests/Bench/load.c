// guoban-load HOST:PORT CONNECTIONS IN_FLIGHT SECONDS METHOD [MESSAGE_TEXT]
//
// Calls METHOD as fast as the answers come, with IN_FLIGHT calls open on every connection, and says how many were answered
// a second and how long they took. MESSAGE_TEXT becomes field 1 of the request. The token is in the environment's TOKEN.
// With MESSAGE_HEX in the environment the request is those bytes, and "#####" in it is another five characters every time.
// One thread, as redis-benchmark has. In C because a load generator must cost less than what it measures.

#define _GNU_SOURCE  // memmem

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"
#include "wire.h"

enum { STARTS = 4096, READ_BYTES = 1 << 16, WARM_UP_PERCENT = 20, COUNTER_BYTES = 5 };

struct connection {
  int descriptor;
  uint32_t stream;           // the last one opened
  uint64_t starts[STARTS];   // when a stream was opened, by its id
  struct bytes in, out;
};

static struct bytes call_tail;  // everything of a call's frame but its stream id
static uint8_t *counter;        // within it; NULL when every call is the same
static uint64_t count;
static struct histogram histogram;
static uint64_t measure_from, errors, answers;

static void die(const char *what) {
  fprintf(stderr, "guoban-load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void send_all(struct connection *connection) {
  // The server reads as fast as it answers, and no more than the calls in flight wait here.
  for (size_t sent = 0; sent < connection->out.count;) {
    ssize_t count = write(connection->descriptor, connection->out.data + sent, connection->out.count - sent);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) die("write");
    sent += (size_t)count;
  }
  connection->out.count = 0;
}

static void open_stream(struct connection *connection, uint64_t time) {
  static struct bytes body;
  static const char digits[] = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";  // of number plates
  if (counter) {
    // Vehicles come in no order: an odd multiplier, prime to 34, meets all 34^5 plates before one comes again.
    uint64_t rest = ++count * 387420489 % 45435424;
    for (int place = COUNTER_BYTES - 1; place >= 0; place--, rest /= sizeof digits - 1)
      counter[place] = (uint8_t)digits[rest % (sizeof digits - 1)];
  }
  uint32_t stream = ++connection->stream;
  body.count = 0;
  append_number(&body, 1, stream);
  append(&body, call_tail.data, call_tail.count);
  append_frame(&connection->out, &body);
  connection->starts[stream % STARTS] = time;
}

static void answered(struct connection *connection, uint32_t stream, const struct field *reply, uint64_t time) {
  answers++;
  // Reply.code is field 1 and left out when it is OK.
  if (reply->count && reply->data[0] == 1 << 3) {
    if (!errors++) {
      const uint8_t *at = reply->data, *end = at + reply->count;
      for (struct field field; (field = take_field(&at, end)).number;)
        if (field.number == 2) fprintf(stderr, "guoban-load: refused: %.*s\n", (int)field.count, field.data);
    }
  }
  if (time >= measure_from) histogram_add(&histogram, time - connection->starts[stream % STARTS]);
}

// Gives the length of the first whole frame, its body's fields in `stream` and `body`; 0 when there is none yet.
static size_t take_frame(const uint8_t *data, size_t count, uint32_t *stream, struct field *body) {
  if (count < FRAME_HEADER_BYTES) return 0;
  size_t length = (size_t)data[1] << 24 | (size_t)data[2] << 16 | (size_t)data[3] << 8 | data[4];
  if (count < FRAME_HEADER_BYTES + length) return 0;
  const uint8_t *at = data + FRAME_HEADER_BYTES, *end = at + length;
  *stream = 0;
  for (struct field field; (field = take_field(&at, end)).number;) {
    if (field.number == 1) *stream = (uint32_t)field.value;
    else *body = field;
  }
  return FRAME_HEADER_BYTES + length;
}

static void readable(struct connection *connection) {
  static uint8_t buffer[READ_BYTES];
  ssize_t got = read(connection->descriptor, buffer, sizeof buffer);
  if (got < 0 && errno == EINTR) return;
  if (got <= 0) die("the server closed the connection");
  append(&connection->in, buffer, (size_t)got);
  uint64_t time = now();
  size_t done = 0, length;
  uint32_t stream;
  struct field body = {0};
  while ((length = take_frame(connection->in.data + done, connection->in.count - done, &stream, &body))) {
    done += length;
    if (body.number == 9) die("the server said GoAway");
    if (body.number != 5) continue;
    answered(connection, stream, &body, time);
    open_stream(connection, time);
  }
  memmove(connection->in.data, connection->in.data + done, connection->in.count - done);
  connection->in.count -= done;
  send_all(connection);
}

static int connect_to(const char *text) {
  char host[64];
  int port;
  if (sscanf(text, "%63[^:]:%d", host, &port) != 2) die("the address must be HOST:PORT");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) die("the host must be an IPv4 address");
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
  if (connect(descriptor, (struct sockaddr *)&address, sizeof address)) die("connect");
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return descriptor;
}

// Says Hello and gives the id of `method`.
static uint64_t greet(struct connection *connection, const char *method, const char *token) {
  struct bytes hello = {0}, body = {0};
  append_field(&hello, 1, "\1", 1);
  append_field(&hello, 2, "guoban-load", 11);
  append_field(&hello, 3, token, strlen(token));
  append_field(&body, 2, hello.data, hello.count);
  append_frame(&connection->out, &body);
  send_all(connection);
  uint32_t stream;
  struct field answer = {0};
  while (!take_frame(connection->in.data, connection->in.count, &stream, &answer)) {
    uint8_t buffer[READ_BYTES];
    ssize_t got = read(connection->descriptor, buffer, sizeof buffer);
    if (got <= 0) die("no Hello came back");
    append(&connection->in, buffer, (size_t)got);
  }
  if (answer.number != 2) die("refused: is TOKEN set to the daemon's token?");
  uint64_t found = 0;
  const uint8_t *at = answer.data, *end = at + answer.count;
  for (struct field field; (field = take_field(&at, end)).number;) {
    if (field.number != 4) continue;
    const uint8_t *inner = field.data, *inner_end = inner + field.count;
    struct field name = take_field(&inner, inner_end), id = take_field(&inner, inner_end);
    if (name.count == strlen(method) && !memcmp(name.data, method, name.count)) found = id.value;
  }
  connection->in.count = 0;
  free(hello.data);
  free(body.data);
  return found;
}

static void prepare_call(uint64_t method, const char *text) {
  struct bytes message = {0}, call = {0};
  const char *hex = getenv("MESSAGE_HEX");
  if (text) append_field(&message, 1, text, strlen(text));
  for (unsigned byte; hex && sscanf(hex, "%2x", &byte) == 1; hex += 2) {
    uint8_t one = (uint8_t)byte;
    append(&message, &one, 1);
  }
  append_number(&call, 2, method);
  if (message.count) append_field(&call, 5, message.data, message.count);
  append_number(&call, 6, 1);
  append_field(&call_tail, 3, call.data, call.count);
  counter = memmem(call_tail.data, call_tail.count, "#####", COUNTER_BYTES);
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "usage: guoban-load HOST:PORT CONNECTIONS IN_FLIGHT SECONDS METHOD [MESSAGE_TEXT]\n");
    return 2;
  }
  int count = atoi(argv[2]), in_flight = atoi(argv[3]);
  double seconds = atof(argv[4]);
  const char *token = getenv("TOKEN");
  if (count < 1 || in_flight < 1 || in_flight > STARTS / 2 || seconds <= 0) die("a number is out of range");
  struct connection *connections = calloc((size_t)count, sizeof *connections);
  int poll = epoll_create1(EPOLL_CLOEXEC);
  for (int index = 0; index < count; index++) {
    struct connection *connection = connections + index;
    connection->descriptor = connect_to(argv[1]);
    uint64_t method = greet(connection, argv[5], token ? token : "");
    if (!method) die("the server has no such method");
    if (index == 0) prepare_call(method, argc > 6 ? argv[6] : NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, connection->descriptor, &event)) die("epoll_ctl");
  }
  uint64_t start = now();
  measure_from = start + (uint64_t)(seconds * 1e9 * WARM_UP_PERCENT / 100);
  uint64_t stop = measure_from + (uint64_t)(seconds * 1e9);
  for (int index = 0; index < count; index++) {
    for (int call = 0; call < in_flight; call++) open_stream(connections + index, now());
    send_all(connections + index);
  }
  while (now() < stop) {
    struct epoll_event events[256];
    int ready = epoll_wait(poll, events, 256, 1000);
    for (int index = 0; index < ready; index++) readable(events[index].data.ptr);
  }
  double taken = (double)(now() - measure_from) / 1e9;
  printf("%.0f calls/s  p50 %.0f us  p99 %.0f us  p99.9 %.0f us  max %.0f us", (double)histogram.total / taken,
         (double)histogram_at(&histogram, 0.5) / 1e3, (double)histogram_at(&histogram, 0.99) / 1e3,
         (double)histogram_at(&histogram, 0.999) / 1e3, (double)histogram.most / 1e3);
  if (errors) printf("  %llu REFUSED", (unsigned long long)errors);
  if (getenv("TOTAL")) printf("  total %llu", (unsigned long long)answers);
  printf("\n");
  return errors != 0;
}
