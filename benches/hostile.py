"""Times logs that are made to be hard: unrelated, repetitive, or with very many findings or threads.

    cargo build --release && python3 benches/hostile.py TOOL [RUNS=3] [EVENTS=1000000]

Seeded; prints for each profile and pair the median, and its ratio to two equal logs. Logs that have
a baseline of their own (the same size, equal) are measured against that one. About 1.3 GB of
temporary files.
"""
import json, os, random, statistics, subprocess, sys, tempfile, time

tool = os.path.abspath(sys.argv[1])
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
n = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000
folder = tempfile.TemporaryDirectory()
out = folder.name

HEAD = '{"kind":"schema_version","schema_version":1}\n'
def write(name, events):
    with open(os.path.join(out, name), "w") as f:
        f.write(HEAD)
        w = f.write
        for i, (kind, payload) in enumerate(events):
            w('{"kind":"%s","tid":6,"tid_event_idx":%d,"payload":%s}\n' % (kind, i, payload))
def calls(seed, names):
    r = random.Random(seed)
    for i in range(n // 2):
        name = names[r.randrange(len(names))]
        yield "kernel.call", '{"name":"%s","args":{"r3":%d}}' % (name, r.randrange(1 << 32))
        yield "kernel.return", '{"name":"%s","return_value":%d}' % (name, r.randrange(1 << 16))
def few(seed, k):
    r = random.Random(seed)
    for i in range(n):
        j = r.randrange(k)
        yield "kernel.call", '{"name":"F%d"}' % j
def second(seed, side):
    r = random.Random(seed)
    for i in range(n):
        v = r.randrange(1 << 30)
        if i % 2 and side: v += 1
        yield "kernel.return", '{"name":"F%d","return_value":%d}' % (i % 7, v)
names = ["Nt%d" % i for i in range(200)]
others = ["Rtl%d" % i for i in range(200)]
write("equal.a", calls(1, names)); write("equal.b", calls(1, names))
write("unrelated.b", calls(2, others))
write("shuffled.b", calls(3, names))
write("few5.a", few(1, 5)); write("few5.b", few(2, 5))
write("few2.a", few(3, 2)); write("few2.b", few(4, 2))
write("second.a", second(1, 0)); write("second.b", second(1, 1))
def ones(seed, p):
    r = random.Random(seed)
    for i in range(n):
        yield "kernel.call", '{"name":"%s"}' % ("B" if r.random() < p else "A")
write("ones.a", ones(1, .02)); write("ones.b", ones(2, .02))
def cs(seed):
    r = random.Random(seed)
    i = 0
    while i + 6 <= n:
        e = ["Enter", "Leave"][r.randrange(2)]
        for k in ("import.call", "kernel.call", "kernel.return"):
            yield k, '{"name":"Rtl%sCriticalSection"}' % e
        i += 3
write("cs.a", cs(1)); write("cs.b", cs(2))


def write_lanes(name, events):
    next_index = {}
    with open(os.path.join(out, name), "w") as f:
        f.write(HEAD)
        for t, kind, payload in events:
            i = next_index.get(t, 0)
            next_index[t] = i + 1
            text = json.dumps(payload, separators=(",", ":"))
            f.write('{"kind":"%s","tid":%d,"tid_event_idx":%d,"payload":%s}\n' % (kind, t, i, text))


def create(i, h): return {"handle_semantic_id": "%016x" % i, "raw_handle_id": h, "object_type": 1}


# swapped objects used 300k times
def swap(c):
    yield 6, "handle.create", create(0xa1, "0xf8000010"); yield 6, "handle.create", create(0xa2, "0xf8000020")
    for i in range(300000):
        h = "0xf8000010" if (i % 2) ^ c else "0xf8000020"
        yield 6, "kernel.call", {"name": "NtSetEvent", "args": {"r3": h}}
        yield 6, "kernel.return", {"name": "NtSetEvent", "return_value": 0}
write_lanes("swap.a", swap(0)); write_lanes("swap.b", swap(1)); write_lanes("swap.c", swap(0))
# many lanes, each differs
def lanes(c, n=50000):
    for t in range(n):
        yield t + 1, "kernel.call", {"name": "M%d" % (t % 100)}
        for k in range(8):
            yield t + 1, "kernel.return", {"name": "F%d" % k, "return_value": c if k == 4 else 0}
        yield t + 1, "kernel.call", {"name": "E"}
write_lanes("lanes.a", lanes(0)); write_lanes("lanes.b", lanes(1)); write_lanes("lanes.c", lanes(0))
def lanes2(c, n=50000):
    r = random.Random(c)
    for t in range(n):
        for k in range(10):
            yield t + 1, "kernel.call", {"name": "U%d_%d" % (c, r.randrange(1000))}
write_lanes("alien.a", lanes2(0)); write_lanes("alien.b", lanes2(1)); write_lanes("alien.c", lanes2(0))


def seconds(profile, a, b):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([tool, "diff", a, b, "--profile", profile], cwd=out,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


MILLION = [("equal.a", b) for b in ("equal.b", "unrelated.b", "shuffled.b")]
MILLION += [(name + ".a", name + ".b") for name in ("few5", "few2", "ones", "second", "cs")]
OWN = [[(name + ".a", name + ".c"), (name + ".a", name + ".b")] for name in ("swap", "lanes", "alien")]
for profile in ("strict", "xenia"):
    for group in [MILLION] + (OWN if profile == "xenia" else []):
        base = None
        for a, b in group:
            took = seconds(profile, a, b)
            base = base or took
            print(f"{profile:7} {a:9} {b:12} {took:7.2f} s {took / base:6.2f} x", flush=True)
