"""Speaks to a real guoband, and to what else GUOBAN_STREAMS names. Run with GUOBAND=…/guoband python3 -m unittest."""
import os, pathlib, shutil, signal, socket, ssl, subprocess, tempfile, threading, time, unittest
import guoban

REGION, PROJECT = "/guoban.v1.RegionService/", "/guoban.v1.ProjectService/"
CHECK, WATCH = "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"
TOKEN_FILE_SECONDS = 60


class Daemon:
    """A guoband on a data directory of its own, stopped by its process id."""

    def __init__(self, *settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="guoban-py-"))
        self.log = open(self.folder / "log", "w+b")
        arguments = [os.environ["GUOBAND"], "run", "--data-dir", str(self.folder / "data")]
        for setting in ("snapshots.schedule=", f"reporters.folder={self.folder}/reporters", *settings):
            arguments += ["--set", setting]
        self.process = subprocess.Popen(arguments, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + TOKEN_FILE_SECONDS
        while "ready" not in self.text():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("guoband is not ready: " + self.text())
            time.sleep(0.02)
        self.unix = f"unix:{self.folder}/data/guoban.sock"

    def text(self):
        return (self.folder / "log").read_text(errors="replace")

    def token(self):
        return (self.folder / "data" / "token").read_text().strip()

    def tcp(self):
        words = self.text().replace('"', " ").replace("=", " ").split()
        return next(word.rstrip(",;") for word in words if word.startswith("tcp:127.0.0.1:"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder)
        return code


class DaemonTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon("listen.tcpPort=0")
        cls.client = guoban.connect(cls.daemon.unix)
        cls.client.call(REGION + "CreateRegion", {"region": {"code": "410928", "name": "濮阳县", "kind": "REGION_KIND_COUNTY"}})

    @classmethod
    def tearDownClass(cls):
        cls.client.__exit__()
        assert cls.daemon.stop() == 0

    def test_hello_tells_who_answers_and_what_there_is(self):
        self.assertTrue(self.client.hello.name.startswith("guoband/"))
        self.assertEqual(list(self.client.hello.protocol_versions), [1])
        self.assertGreater(self.client.limits.message_bytes_max, 0)

    def test_a_record_written_as_a_dict_is_read_as_a_message(self):
        answer = self.client.call(REGION + "GetRegion", {"key": "410928"})
        self.assertEqual((answer.code, answer.name), ("410928", "濮阳县"))
        request = self.client.new("guoban.v1.GetRecordRequest", key="410928")
        self.assertEqual(self.client.call(REGION + "GetRegion", request), answer)

    def test_a_refusal_says_why(self):
        with self.assertRaises(guoban.Status) as refused:
            self.client.call(REGION + "GetRegion", {"key": "999999"})
        self.assertEqual(refused.exception.code, "NOT_FOUND")
        self.assertIn("没有这条记录", refused.exception.message)
        self.assertIn("there is no such record", refused.exception.english)
        with self.assertRaises(guoban.Status) as unknown:
            self.client.call("/guoban.v1.None/None")
        self.assertEqual(unknown.exception.code, "UNIMPLEMENTED")

    def test_many_threads_share_a_connection(self):
        answers, threads = [], []
        for _ in range(8):
            threads.append(threading.Thread(target=lambda: answers.extend(
                self.client.call(REGION + "GetRegion", {"key": "410928"}).code for _ in range(50))))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(answers, ["410928"] * 400)

    def test_an_export_longer_than_its_credit_comes_whole_and_in_order(self):
        projects = [{"code": f"PY-{number:05}", "name": "项目" * 100, "region": "410928", "tier": "PROJECT_TIER_COUNTY",
                     "total_investment_fen": str(number)} for number in range(4000)]
        for start in range(0, len(projects), 1000):
            self.client.call(PROJECT + "BatchUpsertProjects", {"projects": projects[start:start + 1000]})
        export = self.client.open("/guoban.v1.LedgerService/Export", [{"record_type": "Project"}])
        kind, keys, count = self.client.new("guoban.v1.Project").__class__, [], 0
        for answer in export:
            count += answer.ByteSize()
            keys += [kind.FromString(record).code for record in answer.records]
        self.assertEqual(keys, sorted(project["code"] for project in projects))
        self.assertGreater(count, 2 * self.client.limits.connection_credit_bytes)

    def test_leaving_a_stream_cancels_it_and_the_connection_lives(self):
        watch = self.client.open(WATCH)
        self.assertEqual(next(iter(watch)).status, 1)
        watch.cancel()
        self.assertEqual(self.client.call(CHECK).status, 1)
        self.assertEqual(self.client._calls, {})

    def test_a_deadline_ends_a_stream(self):
        start = time.monotonic()
        with self.assertRaises(guoban.Status) as late:
            list(self.client.open(WATCH, timeout=0.2))
        self.assertEqual(late.exception.code, "DEADLINE_EXCEEDED")
        self.assertGreaterEqual(time.monotonic() - start, 0.2)

    def test_a_message_that_is_too_long_is_not_sent(self):
        with self.assertRaises(guoban.Status) as refused:
            self.client.call(CHECK, {"service": "x" * (self.client.limits.message_bytes_max + 1)})
        self.assertEqual(refused.exception.code, "RESOURCE_EXHAUSTED")
        self.assertEqual(self.client.call(CHECK).status, 1)

    def test_ping(self):
        self.assertLess(self.client.ping(), 5)

    def test_over_tcp_the_token_opens(self):
        with guoban.connect(self.daemon.tcp(), self.daemon.token()) as client:
            self.assertEqual(client.call(CHECK).status, 1)
        with self.assertRaises(guoban.Status) as stranger:
            guoban.connect(self.daemon.tcp(), "gbt_wrong")
        self.assertEqual(stranger.exception.code, "UNAUTHENTICATED")

    def test_over_tls_the_certificate_must_be_right(self):
        with TLSFront(self.daemon) as front:
            context = ssl.create_default_context(cafile=front.certificate)
            with guoban.connect(front.address, self.daemon.token(), context=context) as client:
                self.assertEqual(client.call(CHECK).status, 1)
            with self.assertRaises(ssl.SSLCertVerificationError):
                guoban.connect(front.address, self.daemon.token())


class GoAwayTests(unittest.TestCase):
    def test_a_daemon_that_stops_lets_calls_end_and_takes_no_new_ones(self):
        daemon = Daemon("listen.tcpEnabled=false")
        client = guoban.connect(daemon.unix)
        self.assertEqual(client.call(CHECK).status, 1)
        self.assertEqual(daemon.stop(), 0)
        end = time.monotonic() + 10
        while client._ending is None and time.monotonic() < end:
            time.sleep(0.01)
        with self.assertRaises(guoban.Status) as gone:
            client.call(CHECK)
        self.assertEqual(gone.exception.code, "UNAVAILABLE")
        self.assertIn("stopping", gone.exception.message)
        client.__exit__()


@unittest.skipUnless("GUOBAN_STREAMS" in os.environ, "the server with streaming methods is not there")
class StreamTests(unittest.TestCase):
    """Methods that no service has yet: the test that runs this serves them (GUOBAN_STREAMS, GUOBAN_TOKEN)."""

    def setUp(self):
        self.client = guoban.connect(os.environ["GUOBAN_STREAMS"], os.environ["GUOBAN_TOKEN"])

    def tearDown(self):
        self.client.__exit__()

    def test_many_messages_make_one_answer(self):
        # Far more than the credit of a stream, which the server gives again as it consumes.
        messages = [bytes([number % 251]) * 10_000 for number in range(200)]
        self.assertGreater(sum(map(len, messages)), 2 * self.client.limits.stream_credit_bytes)
        self.assertEqual(list(self.client.open("/test/Sum", messages)), [b"200 2000000"])

    def test_both_sides_talk_at_once(self):
        talk = self.client.open("/test/Mirror", None)
        answers = iter(talk)
        for number in range(100):
            talk.send(b"%d" % number)
            self.assertEqual(next(answers), b"%d" % number)
        talk.finish()
        self.assertEqual(list(answers), [])


class TLSFront:
    """TLS before a daemon: takes connections and passes their bytes on."""

    def __init__(self, daemon):
        self.certificate, key = str(daemon.folder / "front.pem"), str(daemon.folder / "front.key")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
             "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
             self.certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.daemon, self.listener = daemon, context.wrap_socket(
            socket.create_server(("127.0.0.1", 0)), server_side=True, do_handshake_on_connect=False)
        self.address = f"tls:127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                outer = self.listener.accept()[0]
                outer.do_handshake()
            except ssl.SSLError:
                continue  # a client that did not like the certificate
            except OSError:
                return
            host, _, port = self.daemon.tcp()[4:].rpartition(":")
            inner = socket.create_connection((host, int(port)))
            for source, target in ((outer, inner), (inner, outer)):
                threading.Thread(target=self.pass_on, args=(source, target), daemon=True).start()

    @staticmethod
    def pass_on(source, target):
        try:
            while part := source.recv(65536):
                target.sendall(part)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one side was faster
        finally:
            source.close()


if __name__ == "__main__":
    unittest.main()
