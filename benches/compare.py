"""Whole-program figures: forkpoint and its peers on the same logs, side by side.

    cargo build --release --bin forkpoint --example make_logs
    python3 benches/compare.py [MEGABYTES=100] [RUNS=5] [--scaling]

Makes the logs (seeded, jitter only, 16 lanes) and prints a table: medians of RUNS, taken in turn with
the command that each is measured against. A peer that is not there is left out; the floating
reference is looked for at $FORKPOINT_REFERENCE or ../shared/reference, and it and GNU diff get logs of
at most 100 MB. Needs about seven times MEGABYTES of temporary space.
"""
import gzip, os, shutil, statistics, subprocess, sys, tempfile, time

root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
megabytes = int(arguments[0]) if arguments else 100
runs = int(arguments[1]) if len(arguments) > 1 else 5
release = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(root, "target")), "release")
tool = os.path.join(release, "forkpoint")
make_logs = os.path.join(release, "examples", "make_logs")
folder = tempfile.TemporaryDirectory()


def path(name):
    return os.path.join(folder.name, name)


def logs(name, size, lanes=16, edits=0):
    """Makes a pair of logs and returns their paths."""
    out = path(name)
    subprocess.run([make_logs, out, str(size), str(lanes), "1", str(edits)], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(out, "reference.jsonl"), os.path.join(out, "candidate.jsonl")


def once(command):
    """Runs a command; returns seconds and KiB."""
    start = time.perf_counter()
    shell = isinstance(command, str)
    child = subprocess.Popen(command, shell=shell, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - start, usage.ru_maxrss


def in_turn(*commands):
    """Returns the median of the seconds and the most KiB of each, run one after the other."""
    for command in commands:
        once(command)  # to warm the page cache
    found = [[once(command) for command in commands] for _ in range(runs)]
    columns = [[row[column] for row in found] for column in range(len(commands))]
    return [(statistics.median(s for s, _ in column), max(k for _, k in column)) for column in columns]


def row(name, found, size=None, ratio=None):
    seconds, kib = found
    rate = f"{size / seconds / 1e6:8.0f} MB/s" if size else " " * 13
    ratio = f"  {ratio}" if ratio else ""
    print(f"{name:44} {seconds:8.3f} s {rate} {kib / 1024:8.1f} MiB{ratio}", flush=True)


def sizes(*files):
    return sum(os.path.getsize(file) for file in files)


def diff(a, b, *options):
    return [tool, "diff", a, b, *options]


a, b = logs("large", megabytes)
copy = path("copy.jsonl")
shutil.copyfile(a, copy)
xenia = ("--profile", "xenia")
size = sizes(a, b)
print(f"two logs of {size / 1e6:.0f} MB in all, medians of {runs} runs in turn")

ours, cmp = in_turn(diff(a, b, *xenia), ["cmp", a, copy])
row("forkpoint diff", ours, size)
row("cmp of two equal files", cmp, 2 * sizes(a), f"forkpoint takes {ours[0] / cmp[0]:.1f} times as long")
ours, one = in_turn(diff(a, b, *xenia), diff(a, b, *xenia, "--threads", "1"))
row("forkpoint diff --threads 1", one, size, f"two threads are {one[0] / ours[0]:.2f} times as fast")
plain, full = in_turn(diff(a, copy, "--profile", "strict"), diff(a, copy, *xenia))
row("one log with itself, profile strict", plain, 2 * sizes(a))
row("one log with itself, profile xenia", full, 2 * sizes(a), f"{full[0] / plain[0]:.2f} times strict")
os.remove(copy)
for codec, ending in (("gzip", "gz"), ("zstd", "zst")):
    if shutil.which(codec):
        packed = [file + "." + ending for file in (a, b)]
        for file, out in zip((a, b), packed):
            with open(out, "wb") as out:
                subprocess.run([codec, "-c", "-q", file] if codec == "zstd" else [codec, "-c", file], check=True, stdout=out)
        ours, unpacked = in_turn(diff(a, b, *xenia), diff(*packed, *xenia))
        row(f"forkpoint diff, {codec}", unpacked, size, f"{unpacked[0] / ours[0]:.2f} times the plain files")
        for file in packed:
            os.remove(file)
ours, piped = in_turn(diff(a, b, *xenia), f"cat '{a}' | '{tool}' diff - '{b}' --profile xenia")
row("forkpoint diff, one log through a pipe", piped, size, f"{piped[0] / ours[0]:.2f} times the file")

smaller = (a, b) if megabytes <= 100 else logs("small", 100)
small = sizes(*smaller)
if shutil.which("diff"):
    ours, peer = in_turn(diff(*smaller, *xenia), ["diff", *smaller])
    row(f"forkpoint diff, {small / 1e6:.0f} MB", ours, small)
    row(f"GNU diff, {small / 1e6:.0f} MB", peer, small, f"{peer[0] / ours[0]:.1f} times forkpoint")
reference = os.environ.get("FORKPOINT_REFERENCE", os.path.join(root, "..", "shared", "reference", "diff_events_floating.py"))
if os.path.exists(reference):
    kept, runs = runs, min(runs, 2)
    ours, peer = in_turn(diff(*smaller, *xenia), [sys.executable, reference, "--canary", smaller[0], "--ours", smaller[1]])
    runs = kept
    row(f"the floating reference, {small / 1e6:.0f} MB", peer, small, f"{peer[0] / ours[0]:.0f} times forkpoint, {peer[1] / ours[1]:.0f} times its memory")

# A million events of one thread, and the same with one event in a thousand changed.
events = min(megabytes, 250)
equal, edited = logs("equal", events, lanes=1), logs("edited", events, lanes=1, edits=1000)
plain, found = in_turn(diff(*equal, *xenia), diff(*edited, *xenia))
row("one lane, no edits", plain, sizes(*equal))
row("one lane, one event in 1,000 edited", found, sizes(*edited), f"{found[0] / plain[0]:.2f} times the lane without")

wine, copy = path("wine.log"), path("wine.copy.log")
ninja = os.path.join(root, "examples", "ninja")
with gzip.open(os.path.join(ninja, min(name for name in os.listdir(ninja) if name.endswith(".gz")))) as log:
    text = log.read()
with open(wine, "wb") as out:
    for _ in range(max(1, megabytes * 1_000_000 // len(text))):
        out.write(text)
shutil.copyfile(wine, copy)
[found] = in_turn(diff(wine, copy, "--profile", "wine"))
row("a Wine relay log with its copy", found, 2 * sizes(wine))

tiny = logs("tiny", 0)
[found] = in_turn(diff(*tiny, *xenia))
row("the smallest logs", found)

if "--scaling" in sys.argv:
    print("\ntime by size")
    for megabytes in (10, 100, 1000, 2000):
        pair = logs("scaling", megabytes)
        [found] = in_turn(diff(*pair, *xenia))
        row(f"forkpoint diff, {sizes(*pair) / 1e6:.0f} MB", found, sizes(*pair))
