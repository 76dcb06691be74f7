// Load on a gRPC echo server: load ADDRESS CONNECTIONS IN_FLIGHT SECONDS PAYLOAD_BYTES
// Compiled with -DETCD: puts of different keys into etcd.
//
// Every connection is a channel of its own and keeps IN_FLIGHT calls going. Prints calls a second and latencies in
// microseconds over all calls after one second of warming up.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#ifdef ETCD
#include "kv.grpc.pb.h"
using Service = etcdserverpb::KV;
using Request = etcdserverpb::PutRequest;
using Reply = etcdserverpb::PutResponse;
#else
#include "echo.grpc.pb.h"
using Service = bench::Echo;
using Request = bench::EchoMessage;
using Reply = bench::EchoMessage;
#endif

using Clock = std::chrono::steady_clock;

struct Run {
  std::atomic<bool> measuring{false}, stopping{false};
  std::atomic<int> open{0};
  std::atomic<long> failures{0};
  std::mutex mutex;
  std::condition_variable idle;
};

// One slot: it starts its next call when the last one is answered.
struct Slot {
  Run* run;
  Service::Stub* stub;
  Request request;
  Reply reply;
  std::unique_ptr<grpc::ClientContext> context;
  Clock::time_point start;
  std::vector<uint32_t> micros;

  void next() {
    context = std::make_unique<grpc::ClientContext>();
    start = Clock::now();
#ifdef ETCD
    static std::atomic<long> number{0};
    request.set_key("pass/" + std::to_string(++number));
    stub->async()->Put(context.get(), &request, &reply, [this](grpc::Status status) { answered(status); });
#else
    stub->async()->Say(context.get(), &request, &reply, [this](grpc::Status status) { answered(status); });
#endif
  }

  void answered(const grpc::Status& status) {
    if (!status.ok()) run->failures++;
    if (run->measuring) {
      micros.push_back(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count());
    }
    if (!run->stopping) return next();
    if (--run->open == 0) {
      std::lock_guard<std::mutex> lock(run->mutex);
      run->idle.notify_all();
    }
  }
};

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: load ADDRESS CONNECTIONS IN_FLIGHT SECONDS PAYLOAD_BYTES\n");
    return 64;
  }
  const int connections = std::atoi(argv[2]), inFlight = std::atoi(argv[3]), seconds = std::atoi(argv[4]);
  Run run;
  std::vector<std::unique_ptr<Service::Stub>> stubs;
  std::vector<std::unique_ptr<Slot>> slots;
  for (int index = 0; index < connections; index++) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto channel = grpc::CreateCustomChannel(argv[1], grpc::InsecureChannelCredentials(), arguments);
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) return 1;
    stubs.push_back(Service::NewStub(channel));
    for (int call = 0; call < inFlight; call++) {
      auto slot = std::make_unique<Slot>();
      slot->run = &run;
      slot->stub = stubs.back().get();
      const std::string payload(std::atoi(argv[5]), 'x');
#ifdef ETCD
      slot->request.set_value(payload);
#else
      slot->request.set_payload(payload);
#endif
      slots.push_back(std::move(slot));
    }
  }
  run.open = static_cast<int>(slots.size());
  for (auto& slot : slots) slot->next();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  run.measuring = true;
  const auto start = Clock::now();
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  run.measuring = false;
  const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  run.stopping = true;
  {
    std::unique_lock<std::mutex> lock(run.mutex);
    run.idle.wait(lock, [&] { return run.open == 0; });
  }
  std::vector<uint32_t> all;
  for (auto& slot : slots) all.insert(all.end(), slot->micros.begin(), slot->micros.end());
  std::sort(all.begin(), all.end());
  if (all.empty()) return 1;
  std::printf("%.0f calls/s  p50 %u us  p99 %u us  failures %ld\n", all.size() / elapsed, all[all.size() / 2],
              all[all.size() * 99 / 100], run.failures.load());
  return run.failures == 0 ? 0 : 1;
}
